#include "about.h"

#include "desktop.h"
#include "draw.h"
#include "font.h"
#include "machine.h"

#define FAREWELL_TICKS 30

static const char *const about_lines[] = {
    "A demonstration ROM for Basilisk II, written for",
    "this project and free to share: not one byte of",
    "it comes from a real Macintosh.",
    "",
    "Picture, sound, mouse and keyboard travel through",
    "shared memory and a socket to a server, and from",
    "there to your browser.",
};

static bool leaving;
static u32 leaving_at;

static void draw(Rect content);

static const WindowContent content_of_window = {.draw = draw};
static Window window = {"About This Demo", {0, 0, 336, 156}, false, &content_of_window};

void about_start(void) {
    Rect screen = draw_screen();
    window.frame.x = (screen.w - window.frame.w) / 2;
    window.frame.y = (screen.h - window.frame.h) / 3;
    desktop_add(&window);
}

void about_show(void) {
    window_show(&window);
}

void about_shut_down(void) {
    if (!leaving) {
        leaving = true;
        leaving_at = machine_ticks();
        window.title = "Good-bye";
        window_show(&window);
    }
}

bool about_is_time_to_go(void) {
    return leaving && machine_ticks() - leaving_at > FAREWELL_TICKS;
}

static void draw(Rect content) {
    fill_rect(content, leaving ? 0x202060 : 0xfafaff);
    if (leaving) {
        static const char farewell[] = "See you soon.";
        draw_text(content.x + (content.w - text_width(farewell, BOLD)) / 2, content.y + 60, farewell, BOLD, WHITE);
        return;
    }
    int y = content.y + 16;
    for (u32 i = 0; i < sizeof about_lines / sizeof about_lines[0]; i++, y += LINE_HEIGHT + 1) {
        draw_text(content.x + 20, y, about_lines[i], PLAIN, 0x202040);
    }
}
