#include "icons.h"

#include "about.h"
#include "desktop.h"
#include "draw.h"
#include "machine.h"

#define DOUBLE_CLICK_TICKS 30

typedef enum { DISK, BASKET, ICONS, NO_ICON = -1 } IconId;

static const char *const names[ICONS] = {"Demo Disk", "Trash"};
static int selected = NO_ICON;
static u32 selected_at;

static Rect place(IconId icon) {
    Rect screen = draw_screen();
    int x = screen.w - (icon == DISK ? 158 : 74);
    return (Rect){x, screen.h - 78, 64, 54};
}

static void draw_disk(int x, int y) {
    fill_rect((Rect){x, y + 6, 34, 20}, 0xdcdce8);
    frame_rect((Rect){x, y + 6, 34, 20}, BLACK);
    fill_rect((Rect){x + 1, y + 7, 32, 1}, WHITE);
    fill_rect((Rect){x + 1, y + 24, 32, 1}, 0x9c9cb4);
    fill_rect((Rect){x + 4, y + 20, 10, 2}, 0x7c7c94);
    fill_rect((Rect){x + 27, y + 20, 3, 2}, 0x30c040);
    fill_rect((Rect){x + 4, y + 10, 26, 1}, 0xa8a8c0);
    fill_rect((Rect){x + 4, y + 13, 26, 1}, 0xa8a8c0);
}

static void draw_basket(int x, int y) {
    fill_rect((Rect){x + 6, y + 7, 22, 24}, 0xdcdce8);
    frame_rect((Rect){x + 6, y + 7, 22, 24}, BLACK);
    for (int i = 0; i < 4; i++) {
        fill_rect((Rect){x + 10 + 4 * i, y + 11, 1, 17}, 0x70708c);
    }
    fill_rect((Rect){x + 4, y + 4, 26, 3}, 0xc4c4d8);
    frame_rect((Rect){x + 4, y + 3, 26, 5}, BLACK);
    frame_rect((Rect){x + 13, y + 1, 8, 3}, BLACK);
}

void icons_draw(void) {
    for (IconId icon = DISK; icon < ICONS; icon++) {
        Rect at = place(icon);
        if (icon == DISK) {
            draw_disk(at.x + 15, at.y);
        } else {
            draw_basket(at.x + 15, at.y);
        }
        int width = text_width(names[icon], PLAIN), x = at.x + (at.w - width) / 2;
        bool chosen = selected == (int) icon;
        fill_rect((Rect){x - 3, at.y + 36, width + 5, 14}, chosen ? 0x202060 : WHITE);
        draw_text(x, at.y + 38, names[icon], PLAIN, chosen ? WHITE : BLACK);
    }
}

void icons_press(int x, int y) {
    int hit = NO_ICON;
    for (IconId icon = DISK; icon < ICONS; icon++) {
        if (rect_has(place(icon), x, y)) {
            hit = (int) icon;
        }
    }
    u32 now = machine_ticks();
    if (hit == DISK && selected == DISK && now - selected_at < DOUBLE_CLICK_TICKS) {
        about_show();
    }
    if (hit != selected) {
        if (selected != NO_ICON) {
            desktop_invalidate(place((IconId) selected));
        }
        if (hit != NO_ICON) {
            desktop_invalidate(place((IconId) hit));
        }
    }
    selected = hit;
    selected_at = now;
}
