// The device's memory: which array an address belongs to, who touched a word last, and counters.
//
// The rule of a race: two threads touch one word, at least one of them writes, not both atomically,
// and no barrier lies between; threads of different blocks have no barrier between them at all.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

using Address = uintptr_t;

constexpr size_t GAP = 16u << 20;  // between arrays: an index that is off by less names its array
constexpr unsigned NOBODY_WROTE = 0x7fc00000;  // a NaN

struct Array {
    Address start;
    size_t bytes;
    std::string name;  // "argument 2", or the name of a shared array
};

struct Touch {
    int thread = -1;
    long block = -1;
    unsigned epoch = 0;  // barriers that the thread had passed
    bool atomic = false;
    Address code = 0;
};

struct Word {
    Touch write;
    Touch reads[2];  // two readers are enough to find one that is not the writer
};

struct Counters {
    long loads = 0, stores = 0, shared_loads = 0, shared_stores = 0;
    long longest = 0;  // accesses of the thread that makes the most
    // Sectors of 32 bytes that each warp asked for, by instruction and how often it came there.
    std::map<std::pair<Address, std::pair<long, unsigned>>, std::set<Address>> sectors;

    size_t sectors_in_all() const {
        size_t total = 0;
        for (auto& request : sectors) total += request.second.size();
        return total;
    }
};

inline std::vector<Array> arrays, shared_arrays;
inline std::unordered_map<Address, Word> words;
inline Counters counters;

inline const Array* holding(const std::vector<Array>& known, Address place, size_t size) {
    for (auto& array : known)
        if (place >= array.start && place + size <= array.start + array.bytes) return &array;
    return nullptr;
}

// The array whose memory is nearest: an index that ran out of it most likely.
inline const Array* nearest(const std::vector<Array>& known, Address place, size_t reach) {
    const Array* found = nullptr;
    long long best = (long long)reach;
    for (auto& array : known) {
        long long before = (long long)array.start - (long long)place;
        long long after = (long long)place - (long long)(array.start + array.bytes);
        long long away = std::max({before, after, 0ll});
        if (away < best) best = away, found = &array;
    }
    return found;
}

inline std::string outside(const Array* array, Address place, size_t size, bool write) {
    const char* does = write ? "writes" : "reads";
    if (!array) return std::string(does) + " an address outside every array";
    char text[200];
    long long element = ((long long)place - (long long)array->start) / (long long)size;
    snprintf(text, sizeof text, "%s element %lld of %s, which has %zu elements", does, element,
             array->name.c_str(), array->bytes / size);
    return text;
}

inline void forget_shared() {
    for (auto& array : shared_arrays)
        for (Address place = array.start; place < array.start + array.bytes; place += 4) {
            words.erase(place);
            memcpy((void*)place, &NOBODY_WROTE, 4);
        }
}
