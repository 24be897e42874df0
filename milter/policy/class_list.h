/* class_list.h - what the columns of a class list look like */
#pragma once

#include "detectors.h"

/* A line such as `Surname, Forename, Form, UPN`. */
gboolean sg_is_class_heading(const SgRow *row);
/* A tutor or year group, a code such as SEN or FSM, a date of birth, a pupil number. */
gboolean sg_is_pupil_cell(SgSpan cell, gint64 when);
gboolean sg_is_mark_cell(SgSpan cell);
/* A line with a heading such as DOB or `Date of birth`. */
gboolean sg_has_birth_heading(const SgRow *row);
/* What a spreadsheet holds for a date of birth; only a heading tells it from another number. */
gboolean sg_is_serial_birth_date(SgSpan cell, gint64 when);
