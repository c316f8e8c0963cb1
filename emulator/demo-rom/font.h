/* A proportional bitmap font for printable ASCII, drawn for this demo. Capitals are 9 pixels tall. */
#ifndef DEMO_FONT_H
#define DEMO_FONT_H

#include "types.h"

#define FONT_HEIGHT 12 /* rows: 9 above the base line, 3 below */
#define FONT_ASCENT 9
#define LINE_HEIGHT 14

typedef struct {
    u8 width;
    u16 rows[FONT_HEIGHT]; /* bit 15 is the leftmost pixel */
} Glyph;

void font_start(void);

/* Anything unprintable is shown as a box. */
const Glyph *font_glyph(char character);

#endif
