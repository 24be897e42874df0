/* html_style.c - what CSS declarations do to whether and how text is seen. */
#include "html_internal.h"

static SgSpan cut(SgSpan *rest, char at)
{
    const char *found = rest->len > 0 ? memchr(rest->at, at, rest->len) : NULL;
    SgSpan piece = {rest->at, found ? (gsize)(found - rest->at) : rest->len};

    *rest =
        found ? (SgSpan){found + 1, rest->len - piece.len - 1} : (SgSpan){rest->at + rest->len, 0};
    return piece;
}

/* A number at the start of `value`; `unit` is what follows it. FALSE when there is none. */
static gboolean read_number(SgSpan value, double *number, SgSpan *unit)
{
    char digits[32];
    gsize len = MIN(value.len, sizeof(digits) - 1);
    char *end;

    memcpy(digits, value.at ? value.at : "", len);
    digits[len] = '\0';
    if (len == 0 || !(g_ascii_isdigit(digits[0]) || strchr("+-.", digits[0])))
        return FALSE;
    *number = g_ascii_strtod(digits, &end);
    *unit = (SgSpan){value.at + (end - digits), value.len - (gsize)(end - digits)};
    return end > digits;
}

static SgSpan without_important(SgSpan value)
{
    const char *mark = value.len > 0 ? memchr(value.at, '!', value.len) : NULL;

    return sg_span_trim(mark ? (SgSpan){value.at, (gsize)(mark - value.at)} : value);
}

/* Text of one pixel or less, or a hundredth of its surroundings, is not read by anybody. */
static gboolean is_no_size(SgSpan value)
{
    double number;
    SgSpan unit;

    if (!read_number(value, &number, &unit))
        return FALSE;
    if (sg_span_begins_ci(unit, "em") || sg_span_begins_ci(unit, "rem"))
        return number <= 0.06;
    if (sg_span_begins_ci(unit, "%"))
        return number <= 6;
    return number <= 1;
}

static gboolean is_nought(SgSpan value)
{
    double number;
    SgSpan unit;

    return read_number(value, &number, &unit) && number <= 0.01 && number >= -0.01;
}

static gboolean is_far_off(SgSpan value)
{
    double number;
    SgSpan unit;

    return read_number(value, &number, &unit) && number <= -500;
}

static guint32 colour_of_hex(SgSpan digits)
{
    guint32 value = 0;

    for (gsize i = 0; i < digits.len; i++) {
        if (!g_ascii_isxdigit(digits.at[i]))
            return COLOUR_UNKNOWN;
        value = (value << 4) | (guint32)g_ascii_xdigit_value(digits.at[i]);
    }
    if (digits.len == 6)
        return value;
    if (digits.len == 3)
        return ((value & 0xf00) * 0x1100) | ((value & 0xf0) * 0x110) | ((value & 0xf) * 0x11);
    return COLOUR_UNKNOWN;
}

static guint32 colour_of_function(SgSpan value)
{
    guint32 colour = 0;
    SgSpan rest = value;

    cut(&rest, '(');
    for (int i = 0; i < 3; i++) {
        double number;
        SgSpan unit;

        while (rest.len > 0 && (g_ascii_isspace(rest.at[0]) || rest.at[0] == ','))
            rest = (SgSpan){rest.at + 1, rest.len - 1};
        if (!read_number(rest, &number, &unit))
            return COLOUR_UNKNOWN;
        if (unit.len > 0 && unit.at[0] == '%')
            number = number * 255 / 100;
        colour = (colour << 8) | (guint32)CLAMP(number, 0, 255);
        rest = unit;
        while (rest.len > 0 && !g_ascii_isdigit(rest.at[0]) && rest.at[0] != ')')
            rest = (SgSpan){rest.at + 1, rest.len - 1};
    }
    return colour;
}

guint32 sg_style_colour(SgSpan value)
{
    value = without_important(value);
    if (value.len == 0 || value.len > 64)
        return COLOUR_UNKNOWN;
    if (value.at[0] == '#')
        return colour_of_hex((SgSpan){value.at + 1, value.len - 1});
    if (sg_span_begins_ci(value, "rgb"))
        return colour_of_function(value);
    if (sg_span_begins_ci(value, "hsl") && memmem(value.at, value.len, "100%)", 5))
        return 0xffffff;
    if (sg_span_is_ci(value, "white"))
        return 0xffffff;
    if (sg_span_is_ci(value, "black") || sg_span_is_ci(value, "windowtext"))
        return 0;
    if (value.len == 6 && colour_of_hex(value) != COLOUR_UNKNOWN) /* <font color=ffffff> */
        return colour_of_hex(value);
    if (memchr(value.at, '(', value.len) || sg_span_is_ci(value, "inherit") ||
        sg_span_is_ci(value, "initial") || sg_span_is_ci(value, "unset") ||
        sg_span_is_ci(value, "currentcolor"))
        return COLOUR_UNKNOWN;
    return COLOUR_NAMED | (sg_html_name_hash(value) >> 2);
}

/* `background: …` sets a colour only when it is nothing but one; a picture could be any colour. */
static guint32 background_of(SgSpan value)
{
    value = without_important(value);
    if (memchr(value.at, ' ', value.len) && !sg_span_begins_ci(value, "rgb"))
        return COLOUR_UNKNOWN;
    if (sg_span_is_ci(value, "none") || sg_span_is_ci(value, "transparent"))
        return COLOUR_UNKNOWN;
    return sg_style_colour(value);
}

static void read_display(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_DISPLAY;
    if (sg_span_is_ci(value, "none"))
        style->display = DISPLAY_NONE;
    else if (sg_span_begins_ci(value, "inline") || sg_span_is_ci(value, "contents"))
        style->display = DISPLAY_INLINE;
    else
        style->display = DISPLAY_BLOCK;
}

static void read_visibility(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_VISIBILITY;
    style->invisible = sg_span_is_ci(value, "hidden") || sg_span_is_ci(value, "collapse");
}

static void read_size(SgStyle *style, SgSpan value)
{
    if (sg_span_is_ci(value, "inherit"))
        return;
    style->set |= STYLE_SIZE;
    style->no_size = is_no_size(value);
}

static gboolean is_weight(SgSpan word)
{
    return word.len == 3 && word.at[1] == '0' && word.at[2] == '0';
}

/* The size within the `font` shorthand is its first number that is no weight: "700 0/0 serif". */
static void read_font(SgStyle *style, SgSpan value)
{
    while (value.len > 0) {
        SgSpan word = cut(&value, ' ');
        if (word.len > 0 && g_ascii_isdigit(word.at[0]) && !is_weight(word)) {
            read_size(style, word);
            return;
        }
    }
}

/* #rrggbb00, #rgb0, rgba(…, 0), rgb(… / 0) */
static gboolean is_transparent(SgSpan value)
{
    const char *last;

    if (value.len == 9 && value.at[0] == '#')
        return value.at[7] == '0' && value.at[8] == '0';
    if (value.len == 5 && value.at[0] == '#')
        return value.at[4] == '0';
    if (!sg_span_begins_ci(value, "rgba(") && !sg_span_begins_ci(value, "hsla(") &&
        !memchr(value.at, '/', value.len))
        return FALSE;
    last = memrchr(value.at, ',', value.len);
    if (!last)
        last = memchr(value.at, '/', value.len);
    return last &&
           is_nought(sg_span_trim((SgSpan){last + 1, value.len - (gsize)(last + 1 - value.at)}));
}

static void read_colour(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_COLOUR;
    style->colour = sg_span_is_ci(value, "transparent") || is_transparent(value)
                        ? COLOUR_TRANSPARENT
                        : sg_style_colour(value);
}

static void read_background(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_BACKGROUND;
    style->background = background_of(value);
}

static void read_extent(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_EXTENT;
    style->no_extent = is_nought(value);
}

static void read_overflow(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_OVERFLOW;
    style->overflow_hidden = sg_span_begins_ci(value, "hidden") || sg_span_begins_ci(value, "clip");
}

static void read_opacity(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_CLIPPED;
    style->clipped = is_nought(value);
}

static void read_offset(SgStyle *style, SgSpan value)
{
    if (!is_far_off(value))
        return;
    style->set |= STYLE_CLIPPED;
    style->clipped = TRUE;
}

static void read_clip(SgStyle *style, SgSpan value)
{
    double number;
    SgSpan unit;
    SgSpan inside = value;

    cut(&inside, '(');
    if (!sg_span_begins_ci(value, "rect")) { /* clip-path */
        if (!read_number(inside, &number, &unit) ||
            !(sg_span_begins_ci(value, "inset")
                  ? number >= 50 && sg_span_begins_ci(unit, "%")
                  : sg_span_begins_ci(value, "circle") && number <= 0))
            return;
        value.len = 0;
    }
    for (gsize i = 4; i < value.len; i++) {
        if (value.at[i] >= '2' && value.at[i] <= '9')
            return;
    }
    style->set |= STYLE_CLIPPED;
    style->clipped = TRUE;
}

static void read_transform(SgStyle *style, SgSpan value)
{
    const char *scale = memmem(value.at, value.len, "scale", 5);
    SgSpan rest = scale ? (SgSpan){scale, value.len - (gsize)(scale - value.at)} : value;

    if (!scale)
        return;
    cut(&rest, '(');
    if (!is_nought(rest))
        return;
    style->set |= STYLE_CLIPPED;
    style->clipped = TRUE;
}

static void read_bidi(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_OVERRIDE;
    style->override =
        sg_span_is_ci(value, "bidi-override") || sg_span_is_ci(value, "isolate-override");
}

static void read_direction(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_DIRECTION;
    style->rtl = sg_span_is_ci(value, "rtl");
}

static void read_white_space(SgStyle *style, SgSpan value)
{
    style->set |= STYLE_PRE;
    style->pre = sg_span_begins_ci(value, "pre");
}

static const struct {
    const char *name;
    void (*read)(SgStyle *style, SgSpan value);
} properties[] = {
    {"display", read_display},
    {"visibility", read_visibility},
    {"font-size", read_size},
    {"font", read_font},
    {"color", read_colour},
    {"background", read_background},
    {"background-color", read_background},
    {"background-image", read_background},
    {"height", read_extent},
    {"max-height", read_extent},
    {"width", read_extent},
    {"max-width", read_extent},
    {"overflow", read_overflow},
    {"opacity", read_opacity},
    {"clip", read_clip},
    {"clip-path", read_clip},
    {"transform", read_transform},
    {"text-indent", read_offset},
    {"left", read_offset},
    {"top", read_offset},
    {"margin-left", read_offset},
    {"unicode-bidi", read_bidi},
    {"direction", read_direction},
    {"white-space", read_white_space},
};

static void read_declaration(SgStyle *style, SgSpan declaration)
{
    SgSpan value = declaration;
    SgSpan name = sg_span_trim(cut(&value, ':'));

    value = without_important(value);
    for (gsize i = 0; i < G_N_ELEMENTS(properties); i++) {
        /* A second extent that is not nought does not undo the first: one of them is enough. */
        if (!sg_span_is_ci(name, properties[i].name))
            continue;
        if (properties[i].read == read_extent && (style->set & STYLE_EXTENT) && style->no_extent)
            return;
        properties[i].read(style, value);
        return;
    }
}

void sg_style_read(SgStyle *style, SgSpan css)
{
    g_autoptr(GString) clean = sg_css_clean(css);

    if (clean)
        css = (SgSpan){clean->str, clean->len};
    while (css.len > 0)
        read_declaration(style, cut(&css, ';'));
}

void sg_style_merge(SgStyle *style, const SgStyle *over)
{
    if (over->set & STYLE_DISPLAY)
        style->display = over->display;
    if (over->set & STYLE_VISIBILITY)
        style->invisible = over->invisible;
    if (over->set & STYLE_SIZE)
        style->no_size = over->no_size;
    if (over->set & STYLE_COLOUR)
        style->colour = over->colour;
    if (over->set & STYLE_BACKGROUND)
        style->background = over->background;
    if (over->set & STYLE_CLIPPED)
        style->clipped = over->clipped;
    if (over->set & STYLE_OVERFLOW)
        style->overflow_hidden = over->overflow_hidden;
    if (over->set & STYLE_EXTENT)
        style->no_extent = over->no_extent;
    if (over->set & STYLE_OVERRIDE)
        style->override = over->override;
    if (over->set & STYLE_DIRECTION)
        style->rtl = over->rtl;
    if (over->set & STYLE_PRE)
        style->pre = over->pre;
    style->set |= over->set;
}

gboolean sg_style_hides(const SgStyle *style)
{
    return ((style->set & STYLE_DISPLAY) && style->display == DISPLAY_NONE) || style->invisible ||
           style->no_size || style->clipped || (style->overflow_hidden && style->no_extent);
}

gboolean sg_style_shows(const SgStyle *style)
{
    return ((style->set & STYLE_DISPLAY) && style->display != DISPLAY_NONE) ||
           ((style->set & STYLE_VISIBILITY) && !style->invisible) ||
           ((style->set & STYLE_SIZE) && !style->no_size) ||
           ((style->set & STYLE_CLIPPED) && !style->clipped) ||
           ((style->set & STYLE_EXTENT) && !style->no_extent) ||
           ((style->set & STYLE_OVERFLOW) && !style->overflow_hidden);
}

void sg_style_unhide(SgStyle *style)
{
    style->set &= ~(guint)(STYLE_DISPLAY | STYLE_VISIBILITY | STYLE_SIZE | STYLE_CLIPPED);
    style->display = DISPLAY_INLINE;
    style->invisible = style->no_size = style->clipped = style->no_extent = FALSE;
}
