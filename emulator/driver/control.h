/*
 * The driver's end of the control socket: one thread that connects (for ever, the server may come later or return),
 * reads lines, and writes answers. With an agent in front, the connection is an inherited descriptor instead.
 */
#ifndef MACEMU_CONTROL_H
#define MACEMU_CONTROL_H

/* Starts the thread; signals of the program are never delivered to it. */
void control_start(void);

#endif
