/* client.h - the extractor with something else than the readers of formats in it, for tests */
#pragma once

#include "zygote.h"

SgExtractor *sg_extractor_start_with(SgReadFile read, GError **error);
