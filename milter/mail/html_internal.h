/* html_internal.h - what the files that read HTML share
 *
 * html_token.c cuts tags and texts, html_tags.c knows elements, html_css.c, html_style.c and
 * html_sheet.c say what styles do to visibility, html_sink.c lays text out, html.c walks through
 * the tokens and keeps what is in force. No tree is built; memory is bounded by the caps below. */
#pragma once

#include "mail_internal.h"

#define HTML_NAME_MAX 24

/* Attributes that say something about what is shown; all others are skipped. */
typedef enum {
    ATTR_STYLE,
    ATTR_CLASS,
    ATTR_ID,
    ATTR_HIDDEN,
    ATTR_HREF,
    ATTR_XLINK,
    ATTR_ALT,
    ATTR_TITLE,
    ATTR_VALUE,
    ATTR_PLACEHOLDER,
    ATTR_LABEL,
    ATTR_TYPE,
    ATTR_COLOR,
    ATTR_TEXT,
    ATTR_BGCOLOR,
    ATTR_BACKGROUND,
    ATTR_DIR,
    ATTR_ACTION,
    ATTR_OPEN,
    ATTRS
} SgHtmlAttr;

typedef enum {
    HTML_TEXT,
    HTML_START,
    HTML_END,
    HTML_RAW,
    HTML_COMMENT,
    HTML_CONDITION,
    HTML_BOGUS
} SgHtmlKind;

typedef struct SgHtmlToken {
    SgHtmlKind kind;
    SgSpan text;              /* of texts: as written; of HTML_RAW: the content of a raw element */
    char name[HTML_NAME_MAX]; /* of tags: lower case, cut; of HTML_RAW: the element */
    guint32 hash;             /* of the whole name */
    SgSpan attrs[ATTRS];      /* as written; at is NULL where there is none */
    gboolean self_closing;
} SgHtmlToken;

typedef struct SgHtmlScanner {
    const char *at;
    const char *end;
    char raw[HTML_NAME_MAX]; /* the raw element that was just opened; empty for none */
} SgHtmlScanner;

/* The next token; FALSE at the end. Every byte is passed over a fixed number of times. */
gboolean sg_html_next(SgHtmlScanner *scanner, SgHtmlToken *token);
guint32 sg_html_name_hash(SgSpan name);

/* What one style asks for; `set` says which members it speaks of. */
typedef enum {
    STYLE_DISPLAY = 1 << 0,
    STYLE_VISIBILITY = 1 << 1,
    STYLE_SIZE = 1 << 2,
    STYLE_COLOUR = 1 << 3,
    STYLE_BACKGROUND = 1 << 4,
    STYLE_CLIPPED =
        1 << 5, /* no height or width and no overflow, or off the screen, or no opacity */
    STYLE_OVERFLOW = 1 << 6,
    STYLE_EXTENT = 1 << 7,
    STYLE_OVERRIDE = 1 << 8,
    STYLE_DIRECTION = 1 << 9,
    STYLE_PRE = 1 << 10
} SgStyleSet;

typedef enum { DISPLAY_INLINE, DISPLAY_BLOCK, DISPLAY_NONE } SgDisplay;

/* 0xRRGGBB; a name that is not known by value, what cannot be told, and no colour at all. */
#define COLOUR_NAMED       0x80000000u
#define COLOUR_UNKNOWN     0xffffffffu
#define COLOUR_TRANSPARENT 0xfffffffeu

typedef struct SgStyle {
    guint set;
    SgDisplay display;
    gboolean invisible;
    gboolean no_size;
    gboolean clipped;
    gboolean overflow_hidden;
    gboolean no_extent;
    gboolean override;
    gboolean rtl;
    gboolean pre;
    guint32 colour;
    guint32 background;
} SgStyle;

/* CSS without comments and escapes; NULL when it has none. Free with g_string_free(). */
GString *sg_css_clean(SgSpan css);
/* Adds the declarations of `css` ("display:none; …") to `style`; later ones win. */
void sg_style_read(SgStyle *style, SgSpan css);
void sg_style_merge(SgStyle *style, const SgStyle *over);
/* Whether a style hides its element by itself; whether it says that it is seen. */
gboolean sg_style_hides(const SgStyle *style);
gboolean sg_style_shows(const SgStyle *style);
/* Takes back whatever hides the element. */
void sg_style_unhide(SgStyle *style);
guint32 sg_style_colour(SgSpan value);

/* The rules of <style> elements whose selectors are simple: an element, a class, an id, or an
 * element with a class or an id; and such ones within others. */
typedef struct SgSheet SgSheet;

/* What rules that may or may not speak of an element would do to it. */
typedef struct SgDoubts {
    gboolean may_show;
    SgStyle hidden; /* sets nothing unless one of them would hide it */
} SgDoubts;

SgSheet *sg_sheet_new(void);
void sg_sheet_free(SgSheet *sheet);
void sg_sheet_read(SgSheet *sheet, SgSpan css);
/* What the rules say of the element that `token` opens. Text generated before or after it is
 * appended to `generated`. `ancestors` are bits of elements that it stands within; returns the
 * element's own. */
guint32 sg_sheet_apply(const SgSheet *sheet, const SgHtmlToken *token, guint32 ancestors,
                       SgStyle *style, SgDoubts *doubts, GString *generated);

/* What is in force at a place of the text. */
typedef struct SgLook {
    gboolean gone;      /* not drawn, and nothing within can change that */
    gboolean invisible; /* these three can be undone within */
    gboolean no_size;
    guint32 colour;
    guint32 background;
    gboolean quoted;
    gboolean pre;
    guint32 ancestors; /* bits of the sheet: which selectors' first parts this stands within */
} SgLook;

gboolean sg_look_hides(const SgLook *look);

/* Elements that change the look, while they are open. */
#define OPEN_MAX 128
typedef struct SgOpenElement {
    guint32 hash;
    guint inner; /* elements of the same name open within it */
    SgLook before;
    gboolean bidi;    /* an override ends with it */
    gboolean block;   /* it is drawn as a block, whatever its name */
    gboolean in_line; /* or in a line */
    gboolean fence;   /* end tags within it reach no further */
} SgOpenElement;

typedef enum {
    TAG_BLOCK = 1 << 0,
    TAG_VOID = 1 << 1,
    TAG_CELL = 1 << 2,
    TAG_UNSEEN = 1 << 3, /* its content is never drawn */
    TAG_QUOTE = 1 << 4,
    TAG_PRE = 1 << 5,
    TAG_ENDS_P = 1 << 6, /* closes an open paragraph */
    TAG_FENCE = 1 << 8,  /* a table or a list: a world of its own for tags within it */
    TAG_ONE = 1 << 7     /* opening it again closes it */
} SgTagIs;

guint sg_tag_is(const char *name);

typedef enum { GAP_NONE, GAP_SPACE, GAP_TAB, GAP_LINE } SgGap;

/* One of the texts that are written. */
typedef struct SgSink {
    GString *out;
    SgGap gap; /* white space that is due before the next character */
} SgSink;

void sg_want_gap(SgSink *to, SgGap gap);
void sg_write_bytes(SgSink *to, SgSpan text);
/* Text in which references are resolved: white space collapsed as in a line, or kept. */
void sg_write_collapsed(SgSink *to, SgSpan text);
void sg_write_preformatted(SgSink *to, SgSpan text);
