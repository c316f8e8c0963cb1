/* What the agent was started with: command line and environment. Fixed for its life. */
#ifndef MACEMU_OPTIONS_H
#define MACEMU_OPTIONS_H

#define MAX_SETTINGS 32

enum emulator_kind { BASILISK2, SHEEPSHAVER };

struct options {
    enum emulator_kind kind;
    const char *emulator;      /* path of the program */
    const char *version;       /* its version, NULL when not told */
    const char *preferences;   /* file owned by the agent */
    const char *scratch;       /* folder to remove at the end, or NULL */
    const char *home;          /* the emulator's HOME: it keeps its parameter RAM there */
    const char *driver_folder; /* where the preloaded libraries are */
    const char *control_socket;
    const char *roms, *images;
    int grace_seconds;         /* from asking the Mac to switch itself off to ending the process */
    const char *settings[MAX_SETTINGS]; /* KEY=VALUE, written into the preferences at the start */
    int setting_count;
};

/* Ends the process with a message when something is wrong or missing. */
struct options options_read(int argc, char **argv);

/* Removes the scratch folder. */
void options_release(const struct options *options);

#endif
