/*
 * Lets emulators that link GTK 2 run without a display: a preloaded library whose functions stand in front of GTK's.
 *
 * Basilisk II and SheepShaver call gtk_init() before they read their preferences; without a display GTK ends the
 * process there. With `nogui true` nothing else of GTK is used. Dialogs the emulator would have shown (it has words
 * the user needs to read) are written to stderr, one line each, and treated as dismissed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* Stands for every widget. The emulators read pointers out of some (a dialog's vbox); zeros are fine there. */
static _Alignas(16) char widget[8192];

static void report(const char *kind, const char *text) {
    char line[1024];
    int length = snprintf(line, sizeof line, "macemu-nogtk: %s: %s\n", kind, text != NULL ? text : "");
    if (length >= (int) sizeof line) {
        length = (int) sizeof line - 1;
        line[length - 1] = '\n';
    }
    for (int i = 0; i < length - 1; i++) {
        if ((unsigned char) line[i] < ' ') {
            line[i] = ' ';
        }
    }
    ssize_t written = write(STDERR_FILENO, line, (size_t) length);
    (void) written;
}

EXPORT void gtk_init(int *argc, char ***argv) {
    (void) argc;
    (void) argv;
}

EXPORT int gtk_init_check(int *argc, char ***argv) {
    (void) argc;
    (void) argv;
    return 0;
}

EXPORT char *gtk_set_locale(void) {
    return (char *) "C";
}

/* The emulator's settings window: there is nobody to click in it. */
EXPORT void *gtk_window_new(int type) {
    (void) type;
    report("error", "the emulator wanted to show its settings window; add 'nogui true' to its preferences");
    exit(3);
}

EXPORT void *gtk_dialog_new(void) {
    return widget;
}

EXPORT void gtk_window_set_title(void *window, const char *title) {
    (void) window;
    report("dialog", title);
}

EXPORT void *gtk_label_new(const char *text) {
    report("dialog text", text);
    return widget;
}

EXPORT void *gtk_button_new_with_label(const char *label) {
    (void) label;
    return widget;
}

EXPORT void gtk_main(void) {}

EXPORT void gtk_main_quit(void) {}

EXPORT void gtk_container_set_border_width(void *container, unsigned width) {
    (void) container;
    (void) width;
}

EXPORT void gtk_widget_set_uposition(void *target, int x, int y) {
    (void) target;
    (void) x;
    (void) y;
}

EXPORT unsigned gtk_signal_connect_full(void *object, const char *name, void *function, void *marshal, void *data,
                                        void *destroy, int is_object, int after) {
    (void) object;
    (void) name;
    (void) function;
    (void) marshal;
    (void) data;
    (void) destroy;
    (void) is_object;
    (void) after;
    return 0;
}

EXPORT void gtk_box_pack_start(void *box, void *child, int expand, int fill, unsigned padding) {
    (void) box;
    (void) child;
    (void) expand;
    (void) fill;
    (void) padding;
}

EXPORT void gtk_widget_show(void *target) {
    (void) target;
}

EXPORT void gtk_widget_grab_default(void *target) {
    (void) target;
}

EXPORT void gtk_widget_destroy(void *target) {
    (void) target;
}

/* GTK's cast macros check types at run time; every type is this one. */
EXPORT unsigned long gtk_dialog_get_type(void) {
    return 0;
}

EXPORT unsigned long gtk_window_get_type(void) {
    return 0;
}

EXPORT unsigned long gtk_container_get_type(void) {
    return 0;
}

EXPORT unsigned long gtk_object_get_type(void) {
    return 0;
}

EXPORT unsigned long gtk_widget_get_type(void) {
    return 0;
}

EXPORT unsigned long gtk_box_get_type(void) {
    return 0;
}

EXPORT void *g_type_check_instance_cast(void *instance, unsigned long type) {
    (void) type;
    return instance;
}
