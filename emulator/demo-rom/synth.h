/* The sound of the demo: a tone that follows the keys, and a click of the mouse button. */
#ifndef DEMO_SYNTH_H
#define DEMO_SYNTH_H

#include "types.h"

#define SYNTH_MAX_FRAMES 4096
#define SYNTH_NOTES 36          /* three octaves from A3, 220 Hz */
#define SYNTH_FIRST_NOTE 12     /* A4, 440 Hz */
#define SYNTH_QUIET 2048        /* amplitude at rest: 1/16 of full scale */
#define SYNTH_LOUD 8192         /* amplitude when a note is struck: 1/4 of full scale */

void synth_start(u32 sample_rate);

/* Strikes a note, 0 to SYNTH_NOTES - 1; it dies away to the quiet level and stays. */
void synth_play(int note);

/* The short blip of a mouse click. */
void synth_click(void);

void synth_set_muted(bool muted);
bool synth_is_muted(void);

int synth_note(void);
int synth_frequency(void);
int synth_amplitude(void);

/* The last block, mono, for the oscilloscope: sample i of SYNTH_SCOPE. */
#define SYNTH_SCOPE 256
extern volatile s16 synth_scope[SYNTH_SCOPE];

/* Produces stereo sample frames. Runs in an interrupt. */
void synth_fill(s16 *frames, u32 count);

/* sin(angle) * 32767, 256 angles in a circle. */
int sine(u32 angle);

#endif
