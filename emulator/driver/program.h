/* What the driver has to know about the process it was loaded into. */
#ifndef MACEMU_PROGRAM_H
#define MACEMU_PROGRAM_H

/* Says so when this program's SDL cannot be hooked (SDL 3, SDL 1.2, SDL linked statically). Ends a SDL 3 program. */
void program_check_sdl(void);

/* Takes the driver's libraries out of LD_PRELOAD, so that programs started by this one run without them. */
void program_leave_children_alone(void);

#endif
