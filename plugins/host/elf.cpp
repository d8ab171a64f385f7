#include "plugins/host/elf.h"

#include <elf.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <set>
#include <vector>

namespace gatewright::host {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "name this machine's ELF number here"
#endif

bool Fits(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

// Copies, because nothing in a file is aligned for sure.
template <class T>
std::optional<T> ReadAt(std::string_view bytes, std::uint64_t offset) {
  if (!Fits(bytes, offset, sizeof(T))) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// `count` structs, one after the other; empty when the file ends before the last of them.
template <class T>
std::optional<std::vector<T>> ReadTable(std::string_view bytes, std::uint64_t offset,
                                        std::uint64_t count) {
  if (count > bytes.size() / sizeof(T) || !Fits(bytes, offset, count * sizeof(T))) {
    return std::nullopt;
  }
  std::vector<T> table(count);
  if (count > 0) std::memcpy(table.data(), bytes.data() + offset, count * sizeof(T));
  return table;
}

std::string NameAt(std::string_view bytes, const Elf64_Shdr& strings, std::uint64_t name) {
  if (name >= strings.sh_size || !Fits(bytes, strings.sh_offset, strings.sh_size)) return {};
  const std::string_view text = bytes.substr(strings.sh_offset + name, strings.sh_size - name);
  return std::string(text.substr(0, text.find('\0')));
}

bool IsExported(const Elf64_Sym& symbol) {
  const auto binding = ELF64_ST_BIND(symbol.st_info);
  return symbol.st_shndx != SHN_UNDEF &&
         (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE);
}

bool IsExportedFunction(const Elf64_Sym& symbol) {
  return IsExported(symbol) && ELF64_ST_TYPE(symbol.st_info) == STT_FUNC;
}

bool Exports(std::string_view bytes, const std::vector<Elf64_Shdr>& sections,
             std::string_view name) {
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNSYM || section.sh_link >= sections.size()) continue;
    const auto symbols =
        ReadTable<Elf64_Sym>(bytes, section.sh_offset, section.sh_size / sizeof(Elf64_Sym));
    if (!symbols) continue;
    for (const Elf64_Sym& symbol : *symbols) {
      if (IsExportedFunction(symbol) &&
          NameAt(bytes, sections[section.sh_link], symbol.st_name) == name) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::string FindElfProblem(std::string_view bytes, std::string_view symbol) {
  if (bytes.empty()) return "expected a shared library, found an empty file";
  const auto header = ReadAt<Elf64_Ehdr>(bytes, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
    return fmt::format("expected a shared library, found {} bytes that are not an ELF file",
                       bytes.size());
  }
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
      header->e_machine != kMachine) {
    return fmt::format(
        "expected a library for this machine (64-bit ELF, machine {}), found machine {}", kMachine,
        header->e_machine);
  }
  if (header->e_type != ET_DYN) {
    return fmt::format("expected a shared library (ELF type {}), found ELF type {}", ET_DYN,
                       header->e_type);
  }
  const std::string truncated = fmt::format(
      "expected a whole shared library, found one that was cut off at {} bytes; was it "
      "copied completely?",
      bytes.size());
  const auto segments = ReadTable<Elf64_Phdr>(bytes, header->e_phoff, header->e_phnum);
  if (!segments) return truncated;
  for (const Elf64_Phdr& segment : *segments) {
    if (segment.p_type == PT_LOAD && !Fits(bytes, segment.p_offset, segment.p_filesz)) {
      return truncated;
    }
  }
  const auto sections = ReadTable<Elf64_Shdr>(bytes, header->e_shoff, header->e_shnum);
  if (!sections) return truncated;
  if (!Exports(bytes, *sections, symbol)) {
    return fmt::format(
        "expected the exported function {}(), found none of that name; is it a Gatewright plugin?",
        symbol);
  }
  return {};
}

std::vector<std::string> FindExports(std::string_view bytes) {
  std::set<std::string> names;
  const auto header = ReadAt<Elf64_Ehdr>(bytes, 0);
  if (!header) return {};
  const auto sections = ReadTable<Elf64_Shdr>(bytes, header->e_shoff, header->e_shnum);
  if (!sections) return {};
  for (const Elf64_Shdr& section : *sections) {
    if (section.sh_type != SHT_DYNSYM || section.sh_link >= sections->size()) continue;
    const auto symbols =
        ReadTable<Elf64_Sym>(bytes, section.sh_offset, section.sh_size / sizeof(Elf64_Sym));
    if (!symbols) continue;
    for (const Elf64_Sym& symbol : *symbols) {
      if (!IsExported(symbol)) continue;
      names.insert(NameAt(bytes, (*sections)[section.sh_link], symbol.st_name));
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace gatewright::host
