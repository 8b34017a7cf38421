// Step by step: each thread makes one access, then the next thread has its turn, as in a warp.
//
// Races are let happen here, so that one can see what they lose.
#pragma once
#include <vector>

#include "memory.h"

constexpr size_t STEPS = 4096;  // that are kept; after them threads run on

struct Step {
    long block;
    int thread;
    Address code;
    char does;  // r, w or a: reads, writes, adds or the like in one go
    std::string array;
    long long element;
    unsigned value;  // read, or written
};

static bool watching;
static std::vector<Step> steps;

inline std::string array_name(const Array* array, bool shared) {
    return shared ? array->name : array->name.substr(9);  // "argument 2"
}
