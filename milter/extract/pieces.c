/* pieces.c - the list of what was found in an attachment. */
#include "reading.h"

static void piece_free(gpointer data)
{
    SgPiece *piece = data;

    g_free(piece->origin);
    g_bytes_unref(piece->bytes);
    g_free(piece);
}

SgPieces *sg_pieces_new(void)
{
    SgPieces *pieces = g_new0(SgPieces, 1);

    pieces->pieces = g_ptr_array_new_with_free_func(piece_free);
    pieces->faults = g_ptr_array_new_with_free_func(g_free);
    return pieces;
}

void sg_pieces_free(SgPieces *pieces)
{
    if (!pieces)
        return;
    g_ptr_array_unref(pieces->pieces);
    g_ptr_array_unref(pieces->faults);
    g_free(pieces);
}

void sg_pieces_take(SgPieces *pieces, SgPieceKind kind, const char *origin, GBytes *bytes)
{
    SgPiece *piece = g_new(SgPiece, 1);

    *piece = (SgPiece){kind, g_strdup(origin), bytes};
    g_ptr_array_add(pieces->pieces, piece);
}

void sg_pieces_add(SgPieces *pieces, SgPieceKind kind, const char *origin, SgSpan bytes)
{
    sg_pieces_take(pieces, kind, origin, g_bytes_new(bytes.at, bytes.len));
}

void sg_pieces_fault(SgPieces *pieces, const char *fault)
{
    if (!g_ptr_array_find_with_equal_func(pieces->faults, fault, g_str_equal, NULL))
        g_ptr_array_add(pieces->faults, g_strdup(fault));
}
