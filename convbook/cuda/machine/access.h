// One access to memory: is it allowed? If not, the kernel stops here, and says why.
#pragma once
#include <ucontext.h>

#include "memory.h"
#include "watching.h"

struct dim3 {
    unsigned x, y, z;
};

extern "C" void emu_kernel(void** arguments);

constexpr size_t STACK = 128 << 10;  // of one thread

struct Fiber {
    ucontext_t context;
    dim3 index;
    char* stack = nullptr;
    bool done, waiting;
    int line;        // of the barrier where it waits
    unsigned epoch;  // barriers passed
    std::unordered_map<Address, unsigned> visits;  // how often it came to each access
    long accesses;
    long written;  // its last step, if that was a write whose value is not noted yet, or -1
    Address place;  // of that write
};

static std::vector<Fiber> fibers;
static Fiber* running;
static int thread_number;
static long block_number;
static dim3 grid_dim, block_dim, block_index;
static ucontext_t scheduler;
static void* arguments[64];
static bool stopped;
static std::string verdict = "";

static void leave() { swapcontext(&running->context, &scheduler); }

static void fault(const char* kind, Address code, const std::string& text, Address other = 0,
                  int line = 0) {
    char where[120];
    snprintf(where, sizeof where, "%u,%u,%u|%u,%u,%u", block_index.x, block_index.y, block_index.z,
             running->index.x, running->index.y, running->index.z);
    char numbers[80];
    snprintf(numbers, sizeof numbers, "%lx|%lx|%d", (long)code, (long)other, line);
    verdict = std::string(kind) + "|" + numbers + "|" + where + "|" + text;
    stopped = true;
    leave();
}

static std::string who(const Touch& touch) {
    if (touch.block != block_number) return "a thread of another block";
    dim3 t = fibers[touch.thread].index;
    char text[60];
    snprintf(text, sizeof text, "thread (%u,%u,%u)", t.x, t.y, t.z);
    return text;
}

static bool clashes(const Touch& earlier, bool atomic) {
    if (earlier.thread < 0 || (earlier.atomic && atomic)) return false;
    if (earlier.block != block_number) return true;
    return earlier.thread != thread_number && earlier.epoch == running->epoch;
}

static void touch_word(Address place, bool write, bool atomic, bool shared, Address code) {
    Word& word = words[place];
    if (shared && !write && word.write.thread < 0) {
        const Array* array = holding(shared_arrays, place, 4);
        return fault("uninitialised", code,
                     "reads " + array->name + ", shared memory that nobody has written yet");
    }
    if (clashes(word.write, atomic))
        return fault("race", code,
                     std::string(write ? "writes" : "reads") + " a value that " + who(word.write) +
                         " wrote, with no barrier between",
                     word.write.code);
    if (write)
        for (auto& reader : word.reads)
            if (clashes(reader, atomic))
                return fault("race", code,
                             "overwrites a value that " + who(reader) +
                                 " read, with no barrier between",
                             reader.code);
    Touch now{thread_number, block_number, running->epoch, atomic, code};
    if (write) {
        word.write = now;
        word.reads[0] = word.reads[1] = Touch{};
    } else {
        if (word.reads[0].thread >= 0 && word.reads[0].thread != thread_number)
            word.reads[1] = word.reads[0];
        word.reads[0] = now;
    }
}

static void note_written() {
    if (running->written >= 0) memcpy(&steps[(size_t)running->written].value, (void*)running->place, 4);
    running->written = -1;
}

// Let all others have their turn, then note what this thread is about to do.
static void take_turn(const Array* array, bool shared, Address place, bool write, bool atomic,
                      Address code) {
    note_written();
    if (steps.size() >= STEPS) return;
    leave();
    unsigned value;
    memcpy(&value, (void*)place, 4);
    if (write) running->written = (long)steps.size(), running->place = place;
    char does = atomic ? 'a' : write ? 'w' : 'r';
    steps.push_back({block_number, thread_number, code, does, array_name(array, shared),
                     (long long)(place - array->start) / 4, value});
}

static void touch(Address place, size_t size, bool write, bool atomic, Address code,
                  bool aligned = true) {
    if (!running || stopped) return;
    Address stack = (Address)running->stack;
    if (place >= stack && place < stack + STACK) return;
    if (place >= (Address)arguments && place < (Address)(arguments + 64)) return;
    const Array* shared = holding(shared_arrays, place, size);
    const Array* global = shared ? nullptr : holding(arrays, place, size);
    if (!shared && !global) {
        if (place < stack && place + STACK * 8 >= stack)
            return fault("stack", code, "needs more than 128 KiB for its local variables");
        const Array* near = nearest(shared_arrays, place, 65536);
        if (!near) near = nearest(arrays, place, GAP);
        return fault("out of bounds", code, outside(near, place, std::min(size, size_t(4)), write));
    }
    if (aligned && place % size) {
        char text[120];
        snprintf(text, sizeof text, "%s %zu bytes at once at an address that %zu does not divide",
                 write ? "writes" : "reads", size, size);
        return fault("misaligned", code, text);
    }
    counters.longest = std::max(counters.longest, ++running->accesses);
    if (shared) {
        (write ? counters.shared_stores : counters.shared_loads)++;
    } else {
        (write ? counters.stores : counters.loads)++;
        unsigned visit = running->visits[code]++;
        counters.sectors[{code, {block_number * 64 + thread_number / 32, visit}}].insert(place / 32);
    }
    if (watching) return take_turn(shared ? shared : global, shared, place, write, atomic, code);
    for (Address word = place & ~Address(3); word < place + size && !stopped; word += 4)
        touch_word(word, write, atomic, shared, code);
}
