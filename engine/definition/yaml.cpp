// Reading YAML by yaml-cpp's events instead of its nodes: they come with places, tags and aliases,
// so that every limit is checked before memory is spent.
// Long: one pass over the events, whose state every check below needs.
#include "engine/definition/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "engine/codec/utf8.h"
#include "engine/definition/yaml_builder.h"

namespace gatewright::definition {
namespace {

constexpr std::size_t kMaxProblems = 100;

// The lines of a text, to turn yaml-cpp's places into ours and to look at what stands there.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
      starts_.push_back(at + 1);
    }
  }

  std::size_t StartOf(std::size_t line) const {
    return starts_[std::min(line, starts_.size() - 1)];
  }

  std::string_view Text(std::size_t line) const {
    const std::size_t start = StartOf(line);
    const std::size_t end = line + 1 < starts_.size() ? starts_[line + 1] - 1 : text_.size();
    return text_.substr(start, end - start);
  }

  // yaml-cpp counts lines and bytes from 0. Places come nearly in order, so counting goes on from
  // the last one: a file of one long line would else take quadratic time.
  Mark MarkOf(const YAML::Mark& mark) const {
    if (mark.line < 0 || mark.column < 0) return {};
    const auto line = std::min(static_cast<std::size_t>(mark.line), starts_.size() - 1);
    const auto column = std::min(static_cast<std::size_t>(mark.column), Text(line).size());
    if (line != last_line_ || column < last_column_) {
      last_line_ = line;
      last_column_ = last_characters_ = 0;
    }
    last_characters_ +=
        codec::CountCodePoints(Text(line).substr(last_column_, column - last_column_));
    last_column_ = column;
    return {line + 1, last_characters_ + 1};
  }

  Mark MarkAt(std::size_t offset) const {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto line = static_cast<std::size_t>(after - starts_.begin()) - 1;
    const auto before = text_.substr(starts_[line], offset - starts_[line]);
    return {line + 1, codec::CountCodePoints(before) + 1};
  }

  std::size_t OffsetOf(const YAML::Mark& mark) const {
    if (mark.line < 0 || mark.column < 0) return text_.size();
    const std::size_t start = StartOf(static_cast<std::size_t>(mark.line));
    return std::min(start + static_cast<std::size_t>(mark.column), text_.size());
  }

  bool IsIndentedWithTab(int line) const {
    if (line < 0) return false;
    const auto text = Text(static_cast<std::size_t>(line));
    return text.substr(0, text.find_first_not_of(" \t")).find('\t') != text.npos;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  mutable std::size_t last_line_ = 0;
  mutable std::size_t last_column_ = 0;  // bytes
  mutable std::size_t last_characters_ = 0;
};

constexpr char kTabMessage[] = "the line is indented with a tab; YAML wants spaces";

// Whether the quoted scalar that starts at `offset` (perhaps behind an anchor) ends before the
// text does. yaml-cpp takes the end of the file for the missing quote.
bool IsQuoteClosed(std::string_view text, std::size_t offset) {
  const std::size_t open = text.find_first_of("'\"|>", offset);
  if (open == text.npos || text[open] == '|' || text[open] == '>') return true;
  const char quote = text[open];
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      const bool is_escaped = quote == '\'' && i + 1 < text.size() && text[i + 1] == quote;
      if (!is_escaped) return true;
      ++i;
    }
  }
  return false;
}

// Ends a parse from inside yaml-cpp's callbacks; never leaves this file.
struct Stop {};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const Lines& lines, YamlFile& file) : lines_(lines), file_(file) {}

  // yaml-cpp takes whatever follows a finished document for the next one.
  void OnDocumentStart(const YAML::Mark& mark) override {
    document_line = static_cast<std::size_t>(std::max(mark.line, 0));
    open_.clear();
    anchors_.clear();
    root = Node();
    const bool is_marked =
        lines_.Text(document_line).starts_with("---") || WasEndedByDots(document_line);
    if (documents_++ > 0 && !is_marked) {
      Fail(lines_.MarkOf(mark),
           "unexpected text after the end of the document (a further "
           "document starts with a line '---')");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto data = NewData(mark);
    Add(std::move(data), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) Fail(lines_.MarkOf(mark), "an alias inside its own anchor");
    aliased_nodes_ += found->second->node_count;
    if (aliased_nodes_ > kMaxAliasedNodes) {
      Fail(lines_.MarkOf(mark),
           fmt::format("aliases stand for more than the allowed {} values", kMaxAliasedNodes));
    }
    CheckPlace(mark);
    AddFinished(found->second, lines_.MarkOf(mark), false);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto data = NewData(mark);
    data->text = value;
    if (tag == "?" || tag.empty()) {
      ResolvePlainScalar(*data);
    } else {
      data->kind = NodeKind::kString;
      if (tag != "!") ReportTag(data->mark, tag);
    }
    is_plain_ = tag == "?";
    last_scalar = mark;
    was_last_scalar_quoted = tag == "!";
    Add(std::move(data), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    Open(mark, tag, anchor, style, NodeKind::kList);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    Open(mark, tag, anchor, style, NodeKind::kMap);
  }
  void OnMapEnd() override { Close(); }

  Node root;
  std::size_t document_line = 0;
  YAML::Mark last_scalar;
  bool was_last_scalar_quoted = false;

 private:
  using Data = std::shared_ptr<Node::Data>;

  struct OpenNode {
    Data data;
    YAML::anchor_t anchor = 0;
    bool is_flow = false;
    bool has_key = false;
    YamlMember member;
    std::set<std::string> keys;
  };

  bool WasEndedByDots(std::size_t line) const {
    while (line > 0) {
      const auto text = lines_.Text(--line);
      if (text.starts_with("...")) return true;
      const std::size_t start = text.find_first_not_of(" \t\r");
      if (start != text.npos && text[start] != '#' && text[start] != '%') return false;
    }
    return false;
  }

  void Report(Mark mark, std::string message) {
    file_.problems.push_back({mark, std::move(message)});
    if (file_.problems.size() >= kMaxProblems) throw Stop{};
  }

  [[noreturn]] void Fail(Mark mark, std::string message) {
    file_.problems.push_back({mark, std::move(message)});
    throw Stop{};
  }

  void ReportTag(Mark mark, const std::string& tag) {
    Report(mark, fmt::format("the tag '{}' is not allowed; write the value plainly, or quoted for "
                             "a string",
                             tag));
  }

  // Tabs are no indentation in YAML, but not every parser says so.
  void CheckPlace(const YAML::Mark& mark) {
    if (++nodes_ > kMaxYamlNodes) {
      Fail(lines_.MarkOf(mark), fmt::format("more than the allowed {} values", kMaxYamlNodes));
    }
    const bool is_flow = !open_.empty() && open_.back().is_flow;
    if (is_flow || mark.line == last_tab_line_ || !lines_.IsIndentedWithTab(mark.line)) return;
    last_tab_line_ = mark.line;
    Report({static_cast<std::size_t>(mark.line) + 1, 1}, kTabMessage);
  }

  Data NewData(const YAML::Mark& mark) {
    CheckPlace(mark);
    auto data = std::make_shared<Node::Data>();
    data->mark = lines_.MarkOf(mark);
    is_plain_ = false;
    return data;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style, NodeKind kind) {
    auto data = NewData(mark);
    if (open_.size() >= kMaxYamlDepth) {
      Fail(data->mark, fmt::format("nested deeper than the allowed {} levels", kMaxYamlDepth));
    }
    if (!tag.empty() && tag != "?" && tag != "!") ReportTag(data->mark, tag);
    data->kind = kind;
    const bool is_inside_flow = !open_.empty() && open_.back().is_flow;
    open_.push_back({std::move(data),
                     anchor,
                     is_inside_flow || style == YAML::EmitterStyle::Flow,
                     false,
                     {},
                     {}});
  }

  void Close() {
    OpenNode closed = std::move(open_.back());
    open_.pop_back();
    const Mark mark = closed.data->mark;
    if (closed.anchor != 0) anchors_[closed.anchor] = closed.data;
    AddFinished(std::move(closed.data), mark, false);
  }

  void Add(Data data, YAML::anchor_t anchor) {
    const Mark mark = data->mark;
    const bool may_be_key = data->kind != NodeKind::kNull;
    if (anchor != 0) anchors_[anchor] = data;
    AddFinished(std::move(data), mark, may_be_key);
  }

  // `mark` is where the value stands here, which for an alias is not where it was written.
  void AddFinished(Data data, Mark mark, bool may_be_key) {
    if (open_.empty()) {
      root = Node(std::move(data));
      return;
    }
    OpenNode& parent = open_.back();
    if (parent.data->kind == NodeKind::kList) {
      parent.data->node_count += data->node_count;
      parent.data->items.push_back(Node(std::move(data)));
    } else if (parent.has_key) {
      parent.has_key = false;
      parent.data->node_count += data->node_count;
      parent.member.value = Node(std::move(data));
      if (parent.keys.insert(parent.member.key).second) {
        parent.data->members.push_back(std::move(parent.member));
      }
      parent.member = {};
    } else {
      TakeKey(parent, *data, mark, may_be_key);
    }
  }

  void TakeKey(OpenNode& parent, const Node::Data& key, Mark mark, bool may_be_key) {
    if (!may_be_key) {
      Fail(mark, "a key must be text; quote it if it is meant as text");
    }
    if (key.text == "<<" && is_plain_) {
      Report(mark,
             "merge keys (<<) are not allowed; write the keys out, or share a whole value "
             "with an anchor");
    } else if (parent.keys.contains(key.text)) {
      const auto& members = parent.data->members;
      const auto first = std::find_if(members.begin(), members.end(),
                                      [&](const auto& member) { return member.key == key.text; });
      Report(mark, fmt::format("the key '{}' is given twice (first in line {})", key.text,
                               first->key_mark.line));
    }
    parent.has_key = true;
    parent.member.key = key.text;
    parent.member.key_mark = mark;
  }

  const Lines& lines_;
  YamlFile& file_;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, Data> anchors_;
  std::size_t aliased_nodes_ = 0;
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
  int last_tab_line_ = -1;
  bool is_plain_ = false;
};

// What cannot even be given to the parser. Empty when all is well.
std::vector<YamlProblem> CheckBytes(std::string_view text, const Lines& lines) {
  if (text.size() > kMaxYamlBytes) {
    return {{{}, fmt::format("the file has more than the allowed {} bytes", kMaxYamlBytes)}};
  }
  if (const auto bad = codec::FindInvalidUtf8(text); bad != text.size()) {
    return {{lines.MarkAt(bad), "the bytes are not UTF-8"}};
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != 0x7F) continue;
    if (c == '\t' || c == '\n' || c == '\r') continue;
    return {
        {lines.MarkAt(i), fmt::format("a control character (byte 0x{:02x}) is not allowed", c)}};
  }
  return {};
}

unsigned HexValue(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
    value = value * 16 + static_cast<unsigned>(digit);
  }
  return value;
}

// JSON writes 🚀 as \ud83d\ude80 and YAML as \U0001f680: the one way in which JSON is not YAML.
// Columns after such a pair are off by two, which nobody will miss.
std::string JoinSurrogates(std::string_view json) {
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size();) {
    if (json[i] != '\\' || i + 1 == json.size()) {
      out += json[i++];
      continue;
    }
    const bool is_pair = i + 12 <= json.size() && json[i + 1] == 'u' && json[i + 6] == '\\' &&
                         json[i + 7] == 'u' &&
                         json.substr(i + 2, 4).find_first_not_of(kHex) == json.npos &&
                         json.substr(i + 8, 4).find_first_not_of(kHex) == json.npos;
    const unsigned high = is_pair ? HexValue(json.substr(i + 2, 4)) : 0;
    const unsigned low = is_pair ? HexValue(json.substr(i + 8, 4)) : 0;
    if (high >= 0xD800 && high < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
      out += fmt::format("\\U{:08x}", 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
      i += 12;
    } else {
      out.append(json, i, 2);
      i += 2;
    }
  }
  return out;
}

bool LooksLikeJson(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start != text.npos && (text[start] == '{' || text[start] == '[');
}

YamlProblem Explain(const YAML::ParserException& exception, const Lines& lines) {
  if (lines.IsIndentedWithTab(exception.mark.line)) {
    return {{static_cast<std::size_t>(exception.mark.line) + 1, 1}, kTabMessage};
  }
  return {lines.MarkOf(exception.mark), fmt::format("not YAML: {}", exception.msg)};
}

// `original` is `text` before JoinSurrogates: same lines, perhaps other columns.
void Parse(const std::string& text, std::string_view original, YamlFile& file) {
  const Lines lines(text);
  const Lines original_lines(original);
  TreeBuilder builder(lines, file);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    std::vector<std::size_t> first_lines;
    while (parser.HandleNextDocument(builder)) {
      if (builder.root.is_null()) continue;
      first_lines.push_back(builder.document_line);
      file.documents.push_back({builder.root, {}});
    }
    if (builder.was_last_scalar_quoted &&
        !IsQuoteClosed(text, lines.OffsetOf(builder.last_scalar))) {
      file.problems.push_back({lines.MarkOf(builder.last_scalar),
                               "the quote is not closed before the end of the file"});
    }
    for (std::size_t i = 0; i < first_lines.size(); ++i) {
      const std::size_t start = i == 0 ? 0 : original_lines.StartOf(first_lines[i]);
      const std::size_t end =
          i + 1 < first_lines.size() ? original_lines.StartOf(first_lines[i + 1]) : original.size();
      file.documents[i].source = original.substr(start, end - start);
    }
  } catch (const Stop&) {
    // The reason is among the problems.
  } catch (const YAML::ParserException& exception) {
    file.problems.push_back(Explain(exception, lines));
  } catch (const std::exception& exception) {
    file.problems.push_back({{}, fmt::format("cannot be read: {}", exception.what())});
  }
}

}  // namespace

YamlFile ParseYaml(std::string_view text) {
  YamlFile file;
  std::string_view body = text;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);  // a byte order mark
  file.problems = CheckBytes(body, Lines(body));
  if (!file.problems.empty()) return file;
  Parse(LooksLikeJson(body) ? JoinSurrogates(body) : std::string(body), body, file);
  std::stable_sort(file.problems.begin(), file.problems.end(),
                   [](const auto& a, const auto& b) { return a.mark < b.mark; });
  return file;
}

}  // namespace gatewright::definition
