/*
 * IPC protocol v1: the shared-memory segments and the control messages between an emulator and the server.
 *
 * This header is the contract in C. All numbers are in the machine's byte order (little-endian on every platform
 * supported); the static assertions below pin each offset, so that a writer in C and a reader in another language
 * agree to the byte.
 *
 * Video segment, POSIX shared memory, name in MACEMU_VIDEO_SHM (default "/macemu-video")
 *
 *     0        4        8        12       16       20           24          28       32           40            48
 *     +--------+--------+--------+--------+--------+------------+-----------+--------+------------+-------------+-----
 *     | magic  |version | width  | height | stride |write_index |read_index |padding |frame_count |timestamp_us |frames
 *     | "MEMU" |   1    | pixels | pixels | bytes  | atomic 0-2 |  atomic   |   0    | atomic u64 | atomic u64  |[3]...
 *     +--------+--------+--------+--------+--------+------------+-----------+--------+------------+-------------+-----
 *
 *     frames[i] begins at 48 + i * MAX_FRAME_SIZE; rows are `stride` bytes apart; a pixel is the bytes R, G, B, A.
 *     MAX_FRAME_SIZE is (file size - 48) / 3: who creates the file chooses it, everyone else derives it.
 *
 * Audio segment, POSIX shared memory, name in MACEMU_AUDIO_SHM (default "/macemu-audio")
 *
 *     0        4        8            12        16       20           24          28         32
 *     +--------+--------+------------+---------+--------+------------+-----------+----------+-----------------------+
 *     | magic  |version |sample_rate |channels | format |buffer_size |write_pos  |read_pos  |ring_buffer            |
 *     | "MAUD" |   1    |     Hz     | 1 or 2  | 0 or 1 |   65536    |  atomic   |  atomic  |65536 bytes            |
 *     +--------+--------+------------+---------+--------+------------+-----------+----------+-----------------------+
 *
 * Writing a frame: pixels into slot (write_index + 1) % 3, then width/height/stride, frame_count + 1, timestamp_us,
 * and write_index last (release), followed by FUTEX_WAKE on write_index. A reader may wait on that word.
 * Writing sound: samples, then write_pos (release). The driver's write_pos counts bytes without wrapping at the
 * ring's size; available data is (write_pos - read_pos) mod buffer_size, and a difference above buffer_size tells
 * that the reader was overtaken. Positions only ever move by whole sample frames.
 *
 * Control socket: Unix stream socket, path in MACEMU_CONTROL_SOCK (default "/tmp/macemu-control.sock"). The server
 * listens, the emulator connects. Each message is one compact JSON object and a newline, at most 64 KiB.
 *
 *   server -> emulator
 *     {"type":"mouse_move","x":100,"y":200}                     absolute, in pixels of the frame
 *     {"type":"mouse_move","dx":3,"dy":-2}                      relative
 *     {"type":"mouse_button","x":100,"y":200,"button":0,"pressed":true}
 *                                                               0 left, 1 middle, 2 right; x and y may be left out
 *     {"type":"mouse_wheel","dx":0,"dy":-3}                     lines; positive = right and down
 *     {"type":"key","code":65,"pressed":true,"ctrl":false,"alt":false,"shift":false,"meta":false}
 *                                                               KeyboardEvent.keyCode; optional "location" as in
 *                                                               KeyboardEvent.location: 1 left, 2 right, 3 numpad
 *     {"type":"status"} {"type":"get_config"} {"type":"set_config","config":{...}} {"type":"storage"}
 *     {"type":"restart"} {"type":"restart","force":true} {"type":"shutdown"} {"type":"log"}
 *   emulator -> server
 *     {"type":"status","running":true,"fps":60}
 *     {"type":"config","data":{...}}  {"type":"storage","roms":[...],"disks":[...]}
 *     {"type":"ack"}                  {"type":"error","message":"..."}
 *   agent -> driver, over the socket pair between them, besides what the agent passes on
 *     {"type":"release_all"}                                    lets go of everything that is held down
 *   Input messages are answered only when they are wrong. Exit status 75 of the emulator means "start me again".
 */
#ifndef MACEMU_IPC_PROTOCOL_H
#define MACEMU_IPC_PROTOCOL_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define MACEMU_VIDEO_MAGIC 0x4D454D55u /* "MEMU" */
#define MACEMU_AUDIO_MAGIC 0x4D415544u /* "MAUD" */
#define MACEMU_PROTOCOL_VERSION 1u

#define MACEMU_VIDEO_FRAMES 3u
#define MACEMU_VIDEO_HEADER_SIZE 48u
#define MACEMU_DEFAULT_MAX_FRAME_SIZE (1920u * 1080u * 4u)

#define MACEMU_AUDIO_RING_SIZE 65536u
#define MACEMU_AUDIO_FORMAT_S16LE 0u
#define MACEMU_AUDIO_FORMAT_F32LE 1u

#define MACEMU_MAX_LINE 65536u /* bytes of a control message, newline included */

#define MACEMU_ENV_VIDEO_SHM "MACEMU_VIDEO_SHM"
#define MACEMU_ENV_AUDIO_SHM "MACEMU_AUDIO_SHM"
#define MACEMU_ENV_CONTROL_SOCK "MACEMU_CONTROL_SOCK"
#define MACEMU_ENV_CONTROL_FD "MACEMU_CONTROL_FD" /* an inherited socket, from the agent to the driver */
#define MACEMU_DEFAULT_VIDEO_SHM "/macemu-video"
#define MACEMU_DEFAULT_AUDIO_SHM "/macemu-audio"
#define MACEMU_DEFAULT_CONTROL_SOCK "/tmp/macemu-control.sock"

#define MACEMU_EXIT_RESTART 75

struct macemu_video {
    uint32_t magic;
    uint32_t version;
    uint32_t width;
    uint32_t height;
    uint32_t stride;
    _Atomic uint32_t write_index;
    _Atomic uint32_t read_index;
    uint32_t padding;
    _Atomic uint64_t frame_count;
    _Atomic uint64_t timestamp_us; /* CLOCK_MONOTONIC, microseconds */
    uint8_t frames[];              /* MACEMU_VIDEO_FRAMES x MAX_FRAME_SIZE */
};

struct macemu_audio {
    uint32_t magic;
    uint32_t version;
    uint32_t sample_rate;
    uint32_t channels;
    uint32_t format;
    uint32_t buffer_size;
    _Atomic uint32_t write_pos;
    _Atomic uint32_t read_pos;
    uint8_t ring_buffer[MACEMU_AUDIO_RING_SIZE];
};

_Static_assert(sizeof(_Atomic uint32_t) == 4 && sizeof(_Atomic uint64_t) == 8, "atomics carry no lock");
_Static_assert(offsetof(struct macemu_video, magic) == 0, "video.magic");
_Static_assert(offsetof(struct macemu_video, version) == 4, "video.version");
_Static_assert(offsetof(struct macemu_video, width) == 8, "video.width");
_Static_assert(offsetof(struct macemu_video, height) == 12, "video.height");
_Static_assert(offsetof(struct macemu_video, stride) == 16, "video.stride");
_Static_assert(offsetof(struct macemu_video, write_index) == 20, "video.write_index");
_Static_assert(offsetof(struct macemu_video, read_index) == 24, "video.read_index");
_Static_assert(offsetof(struct macemu_video, padding) == 28, "video.padding");
_Static_assert(offsetof(struct macemu_video, frame_count) == 32, "video.frame_count");
_Static_assert(offsetof(struct macemu_video, timestamp_us) == 40, "video.timestamp_us");
_Static_assert(offsetof(struct macemu_video, frames) == MACEMU_VIDEO_HEADER_SIZE, "video.frames");
_Static_assert(sizeof(struct macemu_video) == MACEMU_VIDEO_HEADER_SIZE, "video header");

_Static_assert(offsetof(struct macemu_audio, magic) == 0, "audio.magic");
_Static_assert(offsetof(struct macemu_audio, version) == 4, "audio.version");
_Static_assert(offsetof(struct macemu_audio, sample_rate) == 8, "audio.sample_rate");
_Static_assert(offsetof(struct macemu_audio, channels) == 12, "audio.channels");
_Static_assert(offsetof(struct macemu_audio, format) == 16, "audio.format");
_Static_assert(offsetof(struct macemu_audio, buffer_size) == 20, "audio.buffer_size");
_Static_assert(offsetof(struct macemu_audio, write_pos) == 24, "audio.write_pos");
_Static_assert(offsetof(struct macemu_audio, read_pos) == 28, "audio.read_pos");
_Static_assert(offsetof(struct macemu_audio, ring_buffer) == 32, "audio.ring_buffer");
_Static_assert(sizeof(struct macemu_audio) == 65568, "audio segment");

/* The size of a whole video segment whose frames hold up to max_frame_size bytes. */
static inline uint64_t macemu_video_segment_size(uint64_t max_frame_size) {
    return MACEMU_VIDEO_HEADER_SIZE + MACEMU_VIDEO_FRAMES * max_frame_size;
}

#endif
