#include "shapes.h"

#include "desktop.h"
#include "draw.h"
#include "synth.h"

#define WIDTH 226
#define HEIGHT 156
#define FLOOR 134
#define BALLS 3
#define FACES 6

typedef struct {
    int x, y, dx, dy; /* 1/256 pixel */
    int radius;
    u32 color, light;
} Ball;

static Ball balls[BALLS] = {
    {40 << 8, 30 << 8, 300, 0, 12, 0xe02828, 0xff9c9c},
    {190 << 8, 60 << 8, -220, 0, 15, 0x2868e0, 0x9cc0ff},
    {110 << 8, 20 << 8, 410, 0, 9, 0xf0a014, 0xffdc90},
};

static u32 frame_number, rate;

static void draw(Rect content);
static void press(int x, int y);

static const WindowContent content_of_window = {.draw = draw, .press = press};
static Window window = {"Shapes", {400, 30, 228, 176}, true, &content_of_window};

void shapes_start(void) {
    desktop_add(&window);
}

void shapes_show(void) {
    window_show(&window);
}

/* A click kicks the balls up. */
static void press(int x, int y) {
    (void) y;
    for (int i = 0; i < BALLS; i++) {
        balls[i].dy = -1100;
        balls[i].dx += (balls[i].x >> 8) < x ? -120 : 120;
    }
}

static void move_ball(Ball *ball) {
    ball->x += ball->dx;
    ball->y += ball->dy;
    ball->dy += 24;
    int radius = ball->radius << 8, right = (WIDTH << 8) - radius, ground = (FLOOR << 8) - radius;
    if (ball->x < radius || ball->x > right) {
        ball->x = ball->x < radius ? radius : right;
        ball->dx = -ball->dx;
    }
    if (ball->dx > 700 || ball->dx < -700) {
        ball->dx = ball->dx * 15 / 16;
    }
    if (ball->y < radius && ball->dy < 0) {
        ball->dy = -ball->dy / 2;
    }
    if (ball->y > ground) {
        ball->y = ground;
        ball->dy = -900 - ball->radius * 22; /* never comes to rest */
    }
}

void shapes_follow(u32 frame, u32 frames_per_second) {
    frame_number = frame;
    rate = frames_per_second;
    for (int i = 0; i < BALLS; i++) {
        move_ball(&balls[i]);
    }
    window_invalidate_part(&window, (Rect){0, 0, WIDTH, HEIGHT});
}

typedef struct {
    int x, y, z;
} Corner;

static Corner rotate(Corner c, u32 a, u32 b) {
    int sin_a = sine(a) >> 5, cos_a = sine(a + 64) >> 5, sin_b = sine(b) >> 5, cos_b = sine(b + 64) >> 5;
    Corner turned = {(c.x * cos_a - c.z * sin_a) >> 10, c.y, (c.x * sin_a + c.z * cos_a) >> 10};
    return (Corner){turned.x, (turned.y * cos_b - turned.z * sin_b) >> 10,
                    (turned.y * sin_b + turned.z * cos_b) >> 10};
}

static u32 shade(u32 color, int light) {
    u32 l = (u32) light;
    return ((color >> 16 & 255) * l >> 8) << 16 | ((color >> 8 & 255) * l >> 8) << 8 | (color & 255) * l >> 8;
}

static void draw_cube(int center_x, int center_y) {
    static const u8 faces[FACES][4] = {{0, 1, 3, 2}, {4, 6, 7, 5}, {0, 4, 5, 1},
                                       {2, 3, 7, 6}, {0, 2, 6, 4}, {1, 5, 7, 3}};
    static const u32 face_colors[FACES] = {0xff5050, 0x50c0ff, 0xffd040, 0x60d070, 0xc070f0, 0xff9840};
    Corner corners[8];
    Point seen[8];
    for (int i = 0; i < 8; i++) {
        Corner corner = {(i & 1) != 0 ? 30 : -30, (i & 2) != 0 ? 30 : -30, (i & 4) != 0 ? 30 : -30};
        corners[i] = rotate(corner, frame_number, frame_number * 5 / 8);
        int depth = 200 + corners[i].z;
        seen[i] = (Point){center_x + corners[i].x * 200 / depth, center_y + corners[i].y * 200 / depth};
    }
    for (int i = 0; i < FACES; i++) {
        Point face[4];
        int depth = 0;
        for (int j = 0; j < 4; j++) {
            face[j] = seen[faces[i][j]];
            depth += corners[faces[i][j]].z;
        }
        int turn = (face[1].x - face[0].x) * (face[2].y - face[0].y)
                - (face[1].y - face[0].y) * (face[2].x - face[0].x);
        if (turn > 0) { /* seen from outside */
            int light = 150 - depth;
            fill_polygon(face, 4, shade(face_colors[i], light < 90 ? 90 : light > 256 ? 256 : light));
            for (int j = 0; j < 4; j++) {
                draw_line(face[j].x, face[j].y, face[(j + 1) & 3].x, face[(j + 1) & 3].y, 0x303040);
            }
        }
    }
}

static void draw_rate(Rect content) {
    char text[40];
    char *end = write_number(text, rate, 1);
    end = write_text(end, " frames per second");
    fill_rect((Rect){content.x, content.y + HEIGHT - 17, WIDTH, 17}, 0xe6e6f0);
    fill_rect((Rect){content.x, content.y + HEIGHT - 18, WIDTH, 1}, 0x8c8ca8);
    draw_text(content.x + 8, content.y + HEIGHT - 14, text, PLAIN, 0x303050);
    write_number(text, frame_number, 6);
    draw_text(content.x + WIDTH - 8 - text_width(text, PLAIN), content.y + HEIGHT - 14, text, PLAIN, 0x303050);
}

static void draw(Rect content) {
    fill_rect((Rect){content.x, content.y, WIDTH, FLOOR - 22}, 0xeef2ff);
    fill_rect((Rect){content.x, content.y + FLOOR - 22, WIDTH, HEIGHT - FLOOR + 22}, 0xd4dcf0);
    draw_cube(content.x + WIDTH / 2, content.y + 66);
    for (int i = 0; i < BALLS; i++) {
        const Ball *ball = &balls[i];
        int x = content.x + (ball->x >> 8), y = content.y + (ball->y >> 8);
        fill_rect((Rect){x - ball->radius + 2, content.y + FLOOR, 2 * ball->radius - 4, 2}, 0xb4bcd4);
        fill_disc(x, y, ball->radius, ball->color);
        fill_disc(x - ball->radius / 3, y - ball->radius / 3, ball->radius / 4, ball->light);
    }
    draw_rate(content);
}
