// printf of a kernel: kept for each thread, and shown after the launch in order of threads.
//
// The conversions are looked at here, one by one: a format that wants what was not given gets no
// memory to read, and none writes any.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "access.h"

constexpr size_t SHOWN = 4000;      // characters of a launch
constexpr size_t KEPT = 256 << 10;  // characters that are kept, to be put in order
constexpr size_t LONGEST = 400;     // of one call

struct Given {
    bool real;
    double fraction;
    long long whole;
};

static std::map<std::pair<long, int>, std::string> printed;
static size_t printed_bytes;
static const char* format;
static std::vector<Given> given;

static std::string one(const std::string& how, char kind, const Given& value) {
    bool real = strchr("fFeEgG", kind);
    if (real != value.real) return std::string("(%") + kind + " got a " + (real ? "whole" : "real") + " number)";
    char text[LONGEST];
    if (real) snprintf(text, sizeof text, (how + kind).c_str(), value.fraction);
    else if (kind == 'c') snprintf(text, sizeof text, "%c", (int)value.whole);
    else snprintf(text, sizeof text, (how + "ll" + kind).c_str(), value.whole);
    return text;
}

static std::string formatted() {
    std::string text;
    size_t next = 0;
    for (const char* at = format; *at && text.size() < LONGEST; at++) {
        if (*at != '%' || *++at == '%') {
            text += *at;
            continue;
        }
        std::string how = "%";
        while (*at && strchr("-+ #0123456789.", *at) && how.size() < 6) how += *at++;
        while (*at && strchr("hlzjt", *at)) at++;
        if (!*at || !strchr("diuxXcfFeEgG", *at)) return text + "(printf here knows %d %u %x %c %f %e %g)\n";
        text += next < given.size() ? one(how, *at, given[next++]) : "(no number given)";
    }
    return text;
}

static std::string in_order() {
    std::string all;
    for (auto& entry : printed) all += entry.second;
    if (all.size() <= SHOWN && printed_bytes < KEPT) return all;
    return all.substr(0, SHOWN) + "\n(more was printed, and is not shown)\n";
}

extern "C" {
void emu_print_start(const char* text) {
    format = text;
    given.clear();
}
void emu_print_whole(long long value) { given.push_back({false, 0, value}); }
void emu_print_real(double value) { given.push_back({true, value, 0}); }
void emu_print_end() {
    if (!running || stopped || printed_bytes >= KEPT) return;
    std::string text = formatted();
    printed_bytes += text.size();
    printed[{block_number, thread_number}] += text;
}
}
