# schoolgate: build, test, try and install. `make help` lists what there is.

PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR    ?=
BUILD      ?= build
# One name for the folder, or what was built by another would not be built anew.
override BUILD := $(patsubst $(CURDIR)/%,%,$(BUILD))
CC         ?= gcc
SANITIZE   ?=
WERROR     ?= -Werror
VERSION    := 0.1.0

# Rooms from the bottom up: a room may call only those before it, and its unit test is linked
# with nothing else, so that a call upwards does not build.
ROOMS := base confine extract mail people directory policy record config report courier console desk gate
below  = $(if $(filter $(1),$(firstword $(2))),$(1),$(firstword $(2)) $(call below,$(1),$(wordlist 2,99,$(2))))

PACKAGES := glib-2.0 gio-2.0 gmime-3.0 libpcre2-8 sqlite3 icu-uc icu-i18n json-glib-1.0 libsystemd libseccomp libarchive libxml-2.0 poppler-glib libcrypto libcurl libmicrohttpd ldap lber
# Matches many patterns at once; where it is not there, or with VECTORSCAN=no, PCRE2 does it all.
VECTORSCAN ?= $(if $(shell pkg-config --exists libhs 2>/dev/null && echo yes),yes,no)
OPTIONAL   := $(if $(filter yes,$(VECTORSCAN)),libhs)
MAINS    := milter/gate/schoolgated.c milter/desk/schoolgate.c
# Not a second time, and not weaker, where a distribution's flags have it.
HARDEN   := $(if $(findstring FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIE
# By machine, and as far as the compiler knows it: jumps only to where functions begin; stacks that do not
# grow past their guard; no variable that holds what was there before.
HARDEN   += -fstack-clash-protection -Wformat -Wformat-security \
    $(if $(filter x86_64-%,$(shell $(CC) -dumpmachine)),-fcf-protection) \
    $(if $(filter aarch64-%,$(shell $(CC) -dumpmachine)),-mbranch-protection=standard) \
    $(shell $(CC) -ftrivial-auto-var-init=zero -E -x c /dev/null >/dev/null 2>&1 && echo -ftrivial-auto-var-init=zero)
OPTIMISE := -O2 -g $(if $(SANITIZE),,$(HARDEN))
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes $(WERROR)
CPPFLAGS += -Iinclude -D_GNU_SOURCE -DSG_VERSION='"$(VERSION)"' -DSG_PREFIX='"$(PREFIX)"' -DSG_SYSCONFDIR='"$(SYSCONFDIR)"'
CFLAGS   += -std=c11 $(OPTIMISE) $(WARN) $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer)
LDFLAGS  += $(if $(SANITIZE),-fsanitize=$(SANITIZE),-pie -Wl,-z,relro,-z,now,-z,noexecstack)
# Asked only when a recipe needs them, so that `make deps` works where pkg-config is not yet there.
# As system headers: their warnings are not ours to mend.
PKG_CFLAGS = $(if $(OPTIONAL),-DSG_HAVE_VECTORSCAN) $(shell pkg-config --cflags $(PACKAGES) $(OPTIONAL) | sed 's/-I/-isystem /g')
PKG_LIBS   = $(shell pkg-config --libs $(PACKAGES) $(OPTIONAL)) -lmilter -lcrypt -lpthread

# V=1 shows whole commands.
QUIET := $(if $(V),,@)
say    = @$(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),:,printf '  %-4s %s\n' $(1) $(2))

sources = $(filter-out $(MAINS),$(wildcard milter/$(1)/*.c))
# What is written by a script belongs to its room as well.
generated_courier := milter/courier/built_in.c
objects = $(patsubst %.c,$(BUILD)/%.o,$(foreach room,$(1),$(call sources,$(room)) $(generated_$(room))))

LIBRARY  := $(BUILD)/libschoolgate.a
PROGRAMS := $(BUILD)/schoolgated $(BUILD)/schoolgate
UNITS    := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
HELPERS  := $(BUILD)/tests/unit/support.o

MANUALS  := $(patsubst contrib/man/%.in,$(BUILD)/man/%,$(wildcard contrib/man/*.in))

EVAL     := $(BUILD)/eval/eval
BENCHES  := $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/folder $(BUILD)/tests/bench/record
SOAK     := $(BUILD)/tests/bench/soak_client

.PHONY: help deps all check unit demo eval asan tsan fuzz bench soak lint format install uninstall deb clean
.DEFAULT_GOAL := all

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install the Debian packages that building, testing and the demo need
	@contrib/install-deps

all: ## build the two programs, build/schoolgated and build/schoolgate
	@pkg-config --exists $(PACKAGES) 2>/dev/null || { echo "some libraries are missing; 'make deps' installs them" >&2; exit 1; }
	@$(MAKE) --no-print-directory $(PROGRAMS) $(MANUALS)

# Tests of mail servers, and of commands, mostly wait for time to pass: meanwhile the others are at
# work, in four lanes of about the same length, those of each in turn.
check: deps ## install what is needed, build, and run every test
	@contrib/install-browser-tests $(BUILD)/npm
	@contrib/install-sendmail-for-tests $(BUILD)/sendmail
	@$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc)) $(PROGRAMS) $(MANUALS) $(UNITS) $(EVAL)
	@rm -rf $(BUILD)/failed
	@BUILD=$(abspath $(BUILD)) prove --timer --jobs 4 --rules 'seq={**/tests/test_*,tests/console/*.mjs}' \
	    --rules 'seq=tests/{mta,console}/{a,b,c,d,e,f,g,h,i,j,k,l}*.bats' --rules 'seq=tests/package/*' \
	    --rules 'seq=**' \
	    --exec tests/run-one $(UNITS) $(wildcard tests/*/*.bats tests/console/*.test.mjs) || \
	    { awk '/^(not )?ok/ {failed = /^not/} failed || !/^(ok|#|1\.\.)/ {print FILENAME ": " $$0}' \
	          $(BUILD)/failed/* >&2; exit 1; }

unit: ## build and run the unit tests only
	@$(MAKE) --no-print-directory $(PROGRAMS) $(UNITS)
	@BUILD=$(abspath $(BUILD)) prove --exec tests/run-one $(UNITS)

demo: deps ## start a private Postfix and schoolgate on loopback, send sample mail, show what became of it
	@$(MAKE) --no-print-directory all
	@BUILD=$(abspath $(BUILD)) contrib/demo/run

# Each run is compared with the one before.
eval: ## measure the rules on mail with labels: CORPUS=FOLDER [CONFIG=rules/schoolgate.conf] [OUT=FILE]
	@$(if $(CORPUS),:,echo "say which folder of labelled mail: make eval CORPUS=FOLDER" >&2; exit 64)
	@$(MAKE) --no-print-directory $(EVAL)
	@$(EVAL) --config=$(or $(CONFIG),rules/schoolgate.conf) --labels=tests/eval/labels.conf \
	    --report=$(or $(OUT),$(BUILD)/eval/report.txt) --outcomes=$(BUILD)/eval/outcomes.tsv \
	    $(if $(wildcard $(BUILD)/eval/outcomes.tsv),--compare=$(BUILD)/eval/outcomes.tsv) \
	    $(EVAL_OPTIONS) $(CORPUS)

# GLib's own allocator hides leaks from the checker; what is freed must not look like growth to the
# tests that measure memory.
asan: ## run every test under AddressSanitizer and UndefinedBehaviorSanitizer
	@G_SLICE=always-malloc ASAN_OPTIONS=quarantine_size_mb=1 \
	    $(MAKE) --no-print-directory check BUILD=build-asan SANITIZE=address,undefined

tsan: ## run every test under ThreadSanitizer
	@G_SLICE=always-malloc TSAN_OPTIONS="suppressions=$(abspath tests/tsan.supp)" \
	    $(MAKE) --no-print-directory check BUILD=build-tsan SANITIZE=thread

fuzz: ## run each fuzzer for FUZZ_SECONDS (default 60)
	@tests/fuzz/run $(or $(FUZZ_SECONDS),60)

bench: all ## measure judging with 20, 200 and 1,000 rules, and the queue and pages of 50,000 incidents
	@$(MAKE) --no-print-directory $(BENCHES)
	@$(BUILD)/tests/bench/bench
	@$(BUILD)/tests/bench/record
	@BUILD=$(abspath $(BUILD)) tests/bench/console

soak: all ## let a day's mail through the whole service, and say whether it grows: MESSAGES=1000000
	@$(MAKE) --no-print-directory $(SOAK)
	@BUILD=$(abspath $(BUILD)) tests/bench/soak $(or $(MESSAGES),100000) $(CONNECTIONS)

lint: ## clang-tidy, cppcheck and the layout, warnings are errors
	@contrib/lint

format: ## lay the sources out as .clang-format says
	clang-format -i $(wildcard milter/*/*.[ch] include/schoolgate/*.h tests/*/*.[ch])

install: ## install programs, rules, manuals, units and examples under DESTDIR and PREFIX
	@$(MAKE) --no-print-directory all
	@contrib/install install "$(BUILD)" "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)"

uninstall: ## remove what install put there; configuration and held mail stay
	@contrib/install uninstall "$(BUILD)" "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)"

deb: deps ## build the Debian package, build/deb/schoolgate_VERSION_ARCHITECTURE.deb
	@contrib/deb "$(abspath $(BUILD))" "$(VERSION)"

clean: ## remove what was built
	rm -rf build build-asan build-tsan build-fuzz

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(QUIET)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# A manual's list of settings is that of the tables that read them, which `schoolgate help` prints.
topic_of_schoolgate.conf.5  := config
topic_of_schoolgate-rules.5 := rules
$(BUILD)/man/%: contrib/man/%.in contrib/man/fill $(BUILD)/schoolgate
	@mkdir -p $(@D)
	$(call say,MAN,$@)
	$(QUIET)$(BUILD)/schoolgate help $(topic_of_$*) >$@.help
	$(QUIET)contrib/man/fill $@.help $< >$@ && rm $@.help || { rm -f $@; exit 1; }

$(BUILD)/milter/courier/built_in.c: milter/courier/embed $(wildcard rules/texts/*.txt)
	@mkdir -p $(@D)
	$(QUIET)milter/courier/embed $(wildcard rules/texts/*.txt) >$@
$(BUILD)/milter/courier/built_in.o: $(BUILD)/milter/courier/built_in.c Makefile
	$(call say,CC,$@)
	$(QUIET)$(CC) $(CPPFLAGS) -Imilter/courier $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# What browsers are given is part of the program: of the console's own, and of two packages. Of the
# sheets a later one wins over an earlier one, so their order is fixed.
BOOTSTRAP_CSS ?= /usr/share/javascript/bootstrap5/css/bootstrap.min.css
CHART_JS      ?= /usr/share/javascript/chart.js/chart.min.js
CONSOLE_CSS   := $(BUILD)/milter/console/console.css
SHEETS        := colours ground frame parts sign_in queue incident rules reports health paper
$(CONSOLE_CSS): $(SHEETS:%=milter/console/style/%.css) Makefile
	@mkdir -p $(@D)
	$(QUIET)cat $(SHEETS:%=milter/console/style/%.css) >$@
$(BUILD)/milter/console/assets.o: CPPFLAGS += -DSG_BOOTSTRAP_CSS='"$(BOOTSTRAP_CSS)"' -DSG_CHART_JS='"$(CHART_JS)"' \
    -DSG_CONSOLE_CSS='"$(CONSOLE_CSS)"'
$(BUILD)/milter/console/assets.o: $(wildcard milter/console/assets/*) $(BOOTSTRAP_CSS) $(CHART_JS) $(CONSOLE_CSS)

# Reached only where one of them is not there.
$(BOOTSTRAP_CSS) $(CHART_JS):
	@echo "'$@' is missing; 'make deps' installs it, or say where it is: BOOTSTRAP_CSS=FILE, CHART_JS=FILE" >&2; exit 1

# So that another choice than last time is built, not only linked.
$(BUILD)/milter/policy/scanner.o: $(BUILD)/vectorscan-$(VECTORSCAN)
$(BUILD)/vectorscan-%:
	@mkdir -p $(@D)
	@rm -f $(BUILD)/vectorscan-*
	@touch $@

$(LIBRARY): $(call objects,$(ROOMS))
	@rm -f $@
	$(call say,AR,$@)
	$(QUIET)ar rcs $@ $^

$(BUILD)/schoolgated: $(BUILD)/milter/gate/schoolgated.o $(LIBRARY)
	$(call say,LINK,$@)
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/schoolgate: $(BUILD)/milter/desk/schoolgate.o $(LIBRARY)
	$(call say,LINK,$@)
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(EVAL): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/eval/*.c)) $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

$(BENCHES): $(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/tests/bench/rules.o $(LIBRARY)
	$(call say,LINK,$@)
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(SOAK): $(patsubst %,$(BUILD)/tests/bench/%.o,soak_client soak_mail soak_watch milter_client) $(LIBRARY)
	$(call say,LINK,$@)
	$(QUIET)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

# tests/unit/test_ROOM.c or test_ROOM_what.c
define unit_rule
$(BUILD)/tests/$(1): $(BUILD)/tests/unit/$(1).o $(HELPERS) $(call objects,$(call below,$(word 2,$(subst _, ,$(1))),$(ROOMS)))
	$$(call say,LINK,$$@)
	$$(QUIET)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(PKG_LIBS)
endef
$(foreach unit,$(notdir $(UNITS)),$(eval $(call unit_rule,$(unit))))

# Test programs have no headers of their own, and GLib's assertions convert.
$(HELPERS) $(patsubst $(BUILD)/tests/%,$(BUILD)/tests/unit/%.o,$(UNITS)) $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/*.c)): CFLAGS += -Wno-missing-prototypes -Wno-conversion

-include $(shell find $(BUILD)/milter $(BUILD)/tests -name '*.d' 2>/dev/null)
