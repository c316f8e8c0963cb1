/* The window to draw in with the mouse. */
#ifndef DEMO_PAINT_H
#define DEMO_PAINT_H

void paint_start(void);
void paint_show(void);
void paint_clear(void);

#endif
