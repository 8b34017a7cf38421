// A GPU on a processor: one fiber for each CUDA thread, blocks one after the other.
//
// The kernel is compiled with -fsanitize=thread and linked without its library: the compiler then
// calls the functions below before every access to memory, and they look whether it is allowed.
#include <unistd.h>

#include <cstdlib>

#include "threads.h"

// Atomic operations, barriers and indices, as cuda_api.h declares them.
#define CODE ((Address)__builtin_return_address(0) - 1)

extern "C" {
dim3 emu_thread() { return running->index; }
dim3 emu_block() { return block_index; }
dim3 emu_block_dim() { return block_dim; }
dim3 emu_grid_dim() { return grid_dim; }

void emu_barrier(int line) {
    running->waiting = true;
    running->line = line;
    running->epoch++;
    leave();
}

float emu_add_float(float* place, float value) {
    touch((Address)place, 4, true, true, CODE);
    float before = *place;
    *place = before + value;
    return before;
}

#define ATOMIC(name, result)                            \
    int name(int* place, int value) {                   \
        touch((Address)place, 4, true, true, CODE);     \
        int before = *place;                            \
        *place = result;                                \
        return before;                                  \
    }
ATOMIC(emu_add_int, before + value)
ATOMIC(emu_max_int, std::max(before, value))
ATOMIC(emu_min_int, std::min(before, value))

// What the compiler calls before each access.
#define ACCESS(size)                                                                             \
    void __tsan_read##size(void* p) { touch((Address)p, size, false, false, CODE); }             \
    void __tsan_write##size(void* p) { touch((Address)p, size, true, false, CODE); }             \
    void __tsan_volatile_read##size(void* p) { touch((Address)p, size, false, false, CODE); }    \
    void __tsan_volatile_write##size(void* p) { touch((Address)p, size, true, false, CODE); }    \
    void __tsan_unaligned_read##size(void* p) { touch((Address)p, size, false, false, CODE, false); } \
    void __tsan_unaligned_write##size(void* p) { touch((Address)p, size, true, false, CODE, false); }
ACCESS(1) ACCESS(2) ACCESS(4) ACCESS(8) ACCESS(16)

void __tsan_read_range(void* p, size_t size) {
    touch((Address)p, size, false, false, CODE, size == 8 || size == 16);
}
void __tsan_write_range(void* p, size_t size) {
    touch((Address)p, size, true, false, CODE, size == 8 || size == 16);
}
void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}

// What it calls where an index leaves a dimension whose size it knows.
struct Place {
    const char* file;
    unsigned line, column;
};
void __ubsan_handle_out_of_bounds(Place* place, unsigned long index) {
    if (running && !stopped)
        fault("out of bounds", 0,
              "has the index " + std::to_string((long)index) + ", which this dimension does not have",
              0, (int)place->line);
}

// And where a pointer is not divisible by the size of what it points to.
struct Pointer {
    Place place;
    void* type;
    unsigned char log_alignment;
};
void __ubsan_handle_type_mismatch_v1(Pointer* pointer, unsigned long address) {
    unsigned long alignment = 1ul << pointer->log_alignment;
    if (running && !stopped && address % alignment)
        fault("misaligned", 0,
              "uses " + std::to_string(alignment) + " bytes at once at an address that " +
                  std::to_string(alignment) + " does not divide",
              0, (int)pointer->place.line);
}
}

// Read an array from its file into memory of its own, with a gap before and behind it.
static Address place_array(const char* path, size_t* bytes) {
    FILE* file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    char* memory = (char*)mmap(nullptr, 2 * GAP + *bytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || fread(memory + GAP, 1, *bytes, file) != *bytes) _exit(9);
    fclose(file);
    return (Address)memory + GAP;
}

static void write_steps(const std::string& path) {
    if (!watching) return;
    FILE* file = fopen(path.c_str(), "w");
    for (auto& s : steps)
        fprintf(file, "%ld %d %lx %c %s %lld %u\n", s.block, s.thread, (long)s.code, s.does,
                s.array.c_str(), s.element, s.value);
    fclose(file);
}

// gx gy gz bx by bz first_seed schedules, then an argument each, and the shared arrays:
//   in:FILE  out:FILE  int:VALUE  float:VALUE  shared:ADDRESS:BYTES:NAME  watch:FILE
int main(int count, char** words_given) {
    auto number = [&](int i) { return (unsigned)strtoul(words_given[i], nullptr, 10); };
    grid_dim = {number(1), number(2), number(3)};
    block_dim = {number(4), number(5), number(6)};
    static long values[64];
    std::vector<std::pair<std::string, std::string>> given;
    for (int i = 9; i < count; i++) {
        std::string word = words_given[i];
        size_t colon = word.find(':');
        given.push_back({word.substr(0, colon), word.substr(colon + 1)});
    }
    std::vector<std::pair<size_t, std::string>> outputs;
    std::vector<std::string> original;
    std::string watched;
    size_t position = 0;
    for (auto& [kind, text] : given) {
        if (kind == "shared") {
            size_t first = text.find(':'), second = text.find(':', first + 1);
            shared_arrays.push_back({(Address)strtoul(text.c_str(), nullptr, 16),
                                     (size_t)strtoul(text.c_str() + first + 1, nullptr, 10),
                                     text.substr(second + 1)});
            continue;
        }
        if (kind == "watch") {
            watching = true;
            watched = text;
            continue;
        }
        arguments[position] = &values[position];
        if (kind == "int") {
            int value = (int)strtol(text.c_str(), nullptr, 10);
            memcpy(&values[position], &value, 4);
        } else if (kind == "float") {
            float value = strtof(text.c_str(), nullptr);
            memcpy(&values[position], &value, 4);
        } else {
            size_t bytes;
            Address start = place_array(text.c_str(), &bytes);
            memcpy(&values[position], &start, 8);
            arrays.push_back({start, bytes, "argument " + std::to_string(position)});
            if (kind == "out") {
                outputs.push_back({arrays.size() - 1, text});
                original.push_back(std::string((char*)start, bytes));
            }
        }
        position++;
    }
    for (unsigned schedule = 0; schedule < number(8) && !stopped; schedule++) {
        words.clear();
        printed.clear();
        printed_bytes = 0;
        counters = Counters{};
        for (size_t i = 0; i < outputs.size(); i++)
            memcpy((void*)arrays[outputs[i].first].start, original[i].data(), original[i].size());
        run_grid(number(7) + schedule * 7919);
    }
    running = nullptr;
    if (stopped) {
        printf("%s\n", verdict.c_str());
    } else {
        printf("ok|%ld|%ld|%ld|%ld|%zu|%zu|%ld\n", counters.loads, counters.stores, counters.shared_loads,
               counters.shared_stores, counters.sectors.size(), counters.sectors_in_all(),
               counters.longest);
        for (auto& [index, path] : outputs) {
            FILE* file = fopen(path.c_str(), "wb");
            fwrite((void*)arrays[index].start, 1, arrays[index].bytes, file);
            fclose(file);
        }
    }
    fputs(in_order().c_str(), stdout);
    fflush(stdout);
    write_steps(watched);
    _exit(0);
}
