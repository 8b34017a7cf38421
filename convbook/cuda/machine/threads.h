// The threads of a block: a fiber each, switched at barriers, in any order one asks for.
#pragma once
#include <sys/mman.h>

#include <random>

#include "printing.h"

static void enter() {
    emu_kernel(arguments);
    note_written();
    running->done = true;
    leave();
}

static void prepare(size_t threads) {
    if (fibers.size() != threads) {
        fibers.resize(threads);
        for (auto& fiber : fibers)
            fiber.stack = (char*)mmap(nullptr, STACK, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    }
    for (size_t i = 0; i < threads; i++) {
        Fiber& fiber = fibers[i];
        fiber.index = {unsigned(i % block_dim.x), unsigned(i / block_dim.x % block_dim.y),
                       unsigned(i / (block_dim.x * block_dim.y))};
        fiber.done = fiber.waiting = false;
        fiber.epoch = 0;
        fiber.line = 0;
        fiber.written = -1;
        fiber.accesses = 0;
        fiber.visits.clear();
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = fiber.stack;
        fiber.context.uc_stack.ss_size = STACK;
        fiber.context.uc_link = nullptr;
        makecontext(&fiber.context, enter, 0);
    }
}

// Where some threads wait at a barrier and others do not: a real GPU may hang there.
static bool barrier_is_split(size_t threads) {
    size_t waiting = 0;
    int line = 0;
    bool mixed = false;
    for (auto& fiber : fibers)
        if (!fiber.done) {
            mixed |= waiting && fiber.line != line;
            line = fiber.line;
            waiting++;
        }
    if (!waiting || (waiting == threads && !mixed)) return false;
    char text[200];
    snprintf(text, sizeof text, "|0|0|%d|%u,%u,%u||%zu of %zu threads wait here; the others %s", line,
             block_index.x, block_index.y, block_index.z, waiting, threads,
             mixed ? "wait at another barrier" : "have returned");
    verdict = std::string("barrier") + text;
    return stopped = true;
}

static void run_block(unsigned seed) {
    size_t threads = size_t(block_dim.x) * block_dim.y * block_dim.z, left = threads;
    std::vector<size_t> order(threads);
    for (size_t i = 0; i < threads; i++) order[i] = i;
    std::mt19937 random(seed);
    forget_shared();
    prepare(threads);
    while (left) {
        bool moved = false;
        if (seed) std::shuffle(order.begin(), order.end(), random);
        for (size_t i : order)
            if (!fibers[i].done && !fibers[i].waiting) {
                running = &fibers[i];
                thread_number = (int)i;
                swapcontext(&scheduler, &running->context);
                if (stopped) return;
                left -= running->done;
                moved = true;
            }
        if (moved) continue;
        if (barrier_is_split(threads)) return;
        for (auto& fiber : fibers) fiber.waiting = false;  // all are there
    }
}

static void run_grid(unsigned seed) {
    size_t blocks = size_t(grid_dim.x) * grid_dim.y * grid_dim.z;
    std::vector<size_t> order(blocks);
    for (size_t i = 0; i < blocks; i++) order[i] = i;
    std::mt19937 random(seed);
    if (seed) std::shuffle(order.begin(), order.end(), random);
    for (size_t i : order) {
        block_index = {unsigned(i % grid_dim.x), unsigned(i / grid_dim.x % grid_dim.y),
                       unsigned(i / (size_t(grid_dim.x) * grid_dim.y))};
        block_number = (long)i;
        run_block(seed ? seed + unsigned(i) : 0);
        if (stopped) return;
    }
}
