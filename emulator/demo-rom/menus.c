#include "menus.h"

#include "about.h"
#include "desktop.h"
#include "draw.h"
#include "machine.h"
#include "notepad.h"
#include "paint.h"
#include "piano.h"
#include "shapes.h"
#include "synth.h"

#define ITEM_HEIGHT 17
#define MAX_ITEMS 5
#define QUICK_TICKS 20 /* a shorter press leaves the menu open */

typedef struct {
    const char *name;
    void (*choose)(void);
} Item;

typedef struct {
    const char *title; /* NULL: the picture of a computer */
    Item items[MAX_ITEMS];
    int x, width; /* of the title */
} Menu;

static void toggle_sound(void) {
    synth_set_muted(!synth_is_muted());
    piano_invalidate();
}

static void clear_everything(void) {
    notepad_clear();
    paint_clear();
}

static Menu menus[] = {
    {.title = NULL, .items = {{"About This Demo...", about_show}}},
    {.title = "File", .items = {{"New Text", notepad_clear}, {"New Picture", paint_clear}}},
    {.title = "Edit", .items = {{"Clear All", clear_everything}}},
    {.title = "View",
     .items = {{"Note Pad", notepad_show}, {"Paint", paint_show}, {"Shapes", shapes_show}, {"Piano", piano_show}}},
    {.title = "Special", .items = {{"Beep", synth_click}, {"Sound On/Off", toggle_sound},
                                   {"Shut Down", about_shut_down}}},
};

#define MENUS ((int) (sizeof menus / sizeof menus[0]))
#define NONE (-1)

static int open_menu = NONE, chosen = NONE;
static u32 opened_at;
static char clock[16];
static u32 clock_shown;

static const char *const computer[] = {
    "############",
    "#oooooooooo#",
    "#o########o#",
    "#o#rrrrrr#o#",
    "#o#yyyyyy#o#",
    "#o#gggggg#o#",
    "#o#bbbbbb#o#",
    "#o########o#",
    "#oooooooooo#",
    "#oooooo###o#",
    "#oooooooooo#",
    "############",
    ".#oooooooo#.",
    ".##########.",
};

static const PaletteEntry computer_colors[] = {
    {'#', BLACK}, {'o', 0xe4e0d4}, {'r', 0xe83c3c}, {'y', 0xf4b414}, {'g', 0x3cb44c}, {'b', 0x3c78e0}, {0, 0},
};

void menus_start(void) {
    int x = 10;
    for (int i = 0; i < MENUS; i++) {
        menus[i].x = x;
        menus[i].width = (menus[i].title != NULL ? text_width(menus[i].title, BOLD) : 12) + 16;
        x += menus[i].width;
    }
}

static int count_items(const Menu *menu) {
    int count = 0;
    while (count < MAX_ITEMS && menu->items[count].name != NULL) {
        count++;
    }
    return count;
}

static Rect menu_rect(int index) {
    const Menu *menu = &menus[index];
    int width = 0, count = count_items(menu);
    for (int i = 0; i < count; i++) {
        int item_width = text_width(menu->items[i].name, BOLD);
        width = item_width > width ? item_width : width;
    }
    return (Rect){menu->x, MENU_BAR_HEIGHT - 1, width + 36, count * ITEM_HEIGHT + 3};
}

static Rect bar(void) {
    return (Rect){0, 0, draw_screen().w, MENU_BAR_HEIGHT};
}

static void draw_bar(void) {
    Rect rect = bar();
    fill_rect(rect, WHITE);
    fill_rect((Rect){0, MENU_BAR_HEIGHT - 1, rect.w, 1}, BLACK);
    for (int i = 0; i < MENUS; i++) {
        bool open = i == open_menu;
        if (open) {
            fill_rect((Rect){menus[i].x, 1, menus[i].width, MENU_BAR_HEIGHT - 2}, 0x202060);
        }
        if (menus[i].title == NULL) {
            draw_picture(menus[i].x + 8, 3, computer, sizeof computer / sizeof computer[0], computer_colors);
        } else {
            draw_text(menus[i].x + 8, 5, menus[i].title, BOLD, open ? WHITE : BLACK);
        }
    }
    draw_text(rect.w - 14 - text_width(clock, BOLD), 5, clock, BOLD, BLACK);
    /* The screen's rounded corners. */
    static const u8 corner[] = {5, 3, 2, 1, 1};
    for (int y = 0; y < 5; y++) {
        fill_rect((Rect){0, y, corner[y], 1}, BLACK);
        fill_rect((Rect){rect.w - corner[y], y, corner[y], 1}, BLACK);
    }
}

static void draw_menu(int index) {
    Rect rect = menu_rect(index);
    const Menu *menu = &menus[index];
    fill_rect(rect, WHITE);
    frame_rect(rect, BLACK);
    fill_rect((Rect){rect.x + 3, rect.y + rect.h, rect.w - 2, 1}, BLACK);
    fill_rect((Rect){rect.x + rect.w, rect.y + 3, 1, rect.h - 2}, BLACK);
    int count = count_items(menu);
    for (int i = 0; i < count; i++) {
        Rect item = {rect.x + 1, rect.y + 1 + i * ITEM_HEIGHT, rect.w - 2, ITEM_HEIGHT};
        if (i == chosen) {
            fill_rect(item, 0x202060);
        }
        draw_text(item.x + 16, item.y + 4, menu->items[i].name, BOLD, i == chosen ? WHITE : BLACK);
    }
}

void menus_draw(void) {
    bool visible;
    Rect clip = draw_narrow(bar(), &visible);
    if (visible) {
        draw_bar();
    }
    draw_clip(clip);
    if (open_menu != NONE) {
        draw_menu(open_menu);
    }
}

static void invalidate_menu(void) {
    Rect rect = menu_rect(open_menu);
    desktop_invalidate(bar());
    desktop_invalidate((Rect){rect.x, rect.y, rect.w + 1, rect.h + 1});
}

static void set_open(int index) {
    if (index == open_menu) {
        return;
    }
    if (open_menu != NONE) {
        invalidate_menu();
    }
    open_menu = index;
    chosen = NONE;
    if (open_menu != NONE) {
        invalidate_menu();
    }
}

static int title_at(int x, int y) {
    for (int i = 0; i < MENUS; i++) {
        if (rect_has((Rect){menus[i].x, 0, menus[i].width, MENU_BAR_HEIGHT}, x, y)) {
            return i;
        }
    }
    return NONE;
}

static int item_at(int x, int y) {
    if (open_menu == NONE) {
        return NONE;
    }
    Rect rect = menu_rect(open_menu);
    if (!rect_has(rect_inset(rect, 1), x, y)) {
        return NONE;
    }
    int item = (y - rect.y - 1) / ITEM_HEIGHT;
    return item < count_items(&menus[open_menu]) ? item : NONE;
}

bool menus_press(int x, int y) {
    bool was_open = open_menu != NONE;
    int title = title_at(x, y);
    if (title != NONE) {
        set_open(title == open_menu ? NONE : title);
        opened_at = machine_ticks();
        return true;
    }
    if (was_open && item_at(x, y) == NONE) {
        set_open(NONE);
        return true;
    }
    return was_open || y < MENU_BAR_HEIGHT;
}

void menus_release(int x, int y) {
    int item = item_at(x, y);
    if (item != NONE) {
        void (*choose)(void) = menus[open_menu].items[item].choose;
        set_open(NONE);
        choose();
    } else if (title_at(x, y) == NONE || machine_ticks() - opened_at > QUICK_TICKS) {
        set_open(NONE);
    }
}

void menus_follow(void) {
    u32 now = machine_time();
    if (now == clock_shown) {
        return;
    }
    clock_shown = now;
    u32 hour = now / 3600 % 24;
    char *end = write_number(clock, hour % 12 == 0 ? 12 : hour % 12, 1);
    end = write_text(end, ":");
    end = write_number(end, now / 60 % 60, 2);
    end = write_text(end, ":");
    end = write_number(end, now % 60, 2);
    write_text(end, hour < 12 ? " AM" : " PM");
    Rect rect = bar();
    desktop_invalidate((Rect){rect.w - 120, 0, 120, MENU_BAR_HEIGHT});
}

void menus_point(int x, int y) {
    if (open_menu == NONE) {
        return;
    }
    int title = title_at(x, y);
    if (title != NONE && title != open_menu) {
        set_open(title);
    }
    int item = item_at(x, y);
    if (item != chosen) {
        chosen = item;
        invalidate_menu();
    }
}
