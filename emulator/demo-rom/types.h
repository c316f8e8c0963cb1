/* Basic types, and the memory map of the program. */
#ifndef DEMO_TYPES_H
#define DEMO_TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef signed short s16;
typedef signed int s32;
typedef enum { false, true } bool;

#define NULL ((void *) 0)

typedef struct {
    int x, y, w, h;
} Rect;

/*
 * 0x000000  vectors and low memory, as the emulator knows it
 * 0x00F000  stack, growing down
 * 0x010000  this program
 * 0x100000  blocks the emulator asks for (NewPtr, NewHandle)
 * 0x180000  the picture of the Paint window
 * 0x200000  back buffer of the screen
 */
#define HEAP_START 0x100000u
#define CANVAS_START 0x180000u
#define BACK_BUFFER_START 0x200000u

#endif
