/*
 * Publishes frames in the video segment. Frames come from the thread of the program that presents them; the control
 * thread calls video_follow_segment() now and then. Both are serialised by one lock, held for one frame at most.
 */
#ifndef MACEMU_VIDEO_H
#define MACEMU_VIDEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names the segment; nothing is opened before the first call of video_follow_segment() or video_begin_frame(). */
void video_start(const char *segment_name);

/*
 * Opens the segment when it is not open, and opens its successor when the server has replaced it; the last picture is
 * carried over, because a resting program draws nothing for a long time.
 */
void video_follow_segment(void);

/*
 * Returns the slot to draw the next frame into (RGBA, rows of width * 4 bytes), or NULL when there is nowhere to
 * write it. After a non-NULL result the caller holds the lock and must call video_end_frame().
 */
uint8_t *video_begin_frame(int width, int height);

/* Publishes the frame begun, or gives it up when `complete` is false. */
void video_end_frame(int width, int height, bool complete);

/* Size of the last frame, 0 x 0 before the first. */
void video_frame_size(int *width, int *height);

/* Frames published within the last second. */
int video_frames_per_second(void);

/* CLOCK_MONOTONIC in microseconds, the clock of every time stamp in protocol v1. */
uint64_t monotonic_us(void);

#endif
