/*
 * The agent: the emulator's end of the control protocol. One thread, one poll loop; it keeps the connection to the
 * server whatever the emulator does, so that a Mac that does not start can be repaired from the browser.
 */
#ifndef MACEMU_AGENT_H
#define MACEMU_AGENT_H

#include "options.h"

/* Runs until SIGTERM or SIGINT; returns the exit status. */
int agent_run(const struct options *options);

#endif
