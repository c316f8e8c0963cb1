/* The About window and the farewell when the machine is switched off. */
#ifndef DEMO_ABOUT_H
#define DEMO_ABOUT_H

#include "types.h"

void about_start(void);
void about_show(void);

/* Shows the farewell; the machine goes off a moment later. */
void about_shut_down(void);

/* Once per frame: true when it is time to switch off. */
bool about_is_time_to_go(void);

#endif
