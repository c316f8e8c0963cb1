/* The window with things that move: a turning cube, bouncing balls, and the frame rate. */
#ifndef DEMO_SHAPES_H
#define DEMO_SHAPES_H

#include "types.h"

void shapes_start(void);
void shapes_show(void);

/* Once per frame. */
void shapes_follow(u32 frame, u32 frames_per_second);

#endif
