#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#include <simdjson.h>

#include "CSimdJSON.h"
#include "JSONFault.h"
#include "JSONNumber.h"

using namespace simdjson;

struct daybook_json_document {
  struct Name {
    std::string text;
    uint32_t field;
  };

  size_t field_count;
  std::deque<Name> names;
  std::unordered_map<std::string_view, uint32_t> by_text;
  std::vector<std::string> batch_names;
  /// The name that came n-th in the record before: records mostly have the same order.
  std::vector<const Name *> order;
  ondemand::parser parser;
  std::vector<daybook_json_value> values;
  std::vector<uint32_t> starts;
  std::vector<daybook_json_member> members;
  /// Of values that are not read to their end.
  std::vector<daybook_json_member> pending;
  std::vector<daybook_json_complaint> complaints;
  std::vector<uint64_t> dropped;
  /// simdjson reads past the end.
  std::vector<uint8_t> bytes;
};

daybook_json_document *daybook_json_document_open(size_t field_count, size_t dropped_count) {
  auto document = new daybook_json_document;
  document->field_count = field_count;
  document->dropped.resize(dropped_count);
  return document;
}

void daybook_json_document_close(daybook_json_document *document) { delete document; }

void daybook_json_document_name(
    daybook_json_document *document, const uint8_t *name, size_t count, uint32_t field) {
  document->names.push_back({std::string(reinterpret_cast<const char *>(name), count), field});
  document->by_text.emplace(
      document->names.back().text, static_cast<uint32_t>(document->names.size() - 1));
}

void daybook_json_document_batch_name(
    daybook_json_document *document, const uint8_t *name, size_t count) {
  document->batch_names.emplace_back(reinterpret_cast<const char *>(name), count);
}

const uint64_t *daybook_json_document_dropped(const daybook_json_document *document) {
  return document->dropped.data();
}

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' ||
                           text.back() == '\n'))
    text.remove_suffix(1);
  return text;
}

/// Walks every value, so that nothing of the document is left unchecked.
struct Walk {
  daybook_json_document &document;
  size_t depth_limit, record_limit;
  daybook_json_records &result;

  bool fail(const char *reason, const char *place) {
    if (result.reason != nullptr) return false;
    result.reason = reason;
    auto start = reinterpret_cast<const char *>(document.bytes.data());
    size_t count = document.bytes.size() - SIMDJSON_PADDING;
    result.position = place == nullptr || place < start ? count
                                                        : static_cast<size_t>(place - start);
    if (result.position > count) result.position = count;
    return false;
  }

  bool fail(error_code error, const char *place) {
    switch (error) {
      case INCORRECT_TYPE: return fail("not the value that is expected here", place);
      case TAPE_ERROR: return fail("a comma, colon, bracket or brace is missing or too many", place);
      case INCOMPLETE_ARRAY_OR_OBJECT: return fail("an array or object is not closed", place);
      default: return fail(error_message(error), place);
    }
  }

  uint32_t offset(const char *place) const {
    return static_cast<uint32_t>(
        place - reinterpret_cast<const char *>(document.bytes.data()));
  }

  bool take_string(
      ondemand::value &value, std::string_view token, daybook_json_value &slot) {
    std::string_view text;
    if (memchr(token.data(), '\\', token.size()) == nullptr) {
      if (token.size() < 2 || token.back() != '"')
        return fail("the string is not followed by a comma, bracket or brace", token.data());
      text = token.substr(1, token.size() - 2);
    } else {
      if (error_code error = value.get_string().get(text)) return fail(error, token.data());
    }
    slot.kind = DAYBOOK_JSON_TEXT;
    slot.bits = reinterpret_cast<uint64_t>(text.data());
    slot.count = static_cast<uint32_t>(text.size());
    return true;
  }

  bool take(ondemand::value value, size_t depth, daybook_json_value &slot) {
    std::string_view token = trimmed(value.raw_json_token());
    if (token.empty()) return fail("there is no value", token.data());
    switch (token.front()) {
      case '"': return take_string(value, token, slot);
      case '{':
      case '[': return take_nested(value, token.front() == '{', token.data(), depth, slot);
      case 'n':
        if (token != "null") return fail("not a JSON value", token.data());
        slot.kind = DAYBOOK_JSON_NULL;
        return true;
      case 't':
      case 'f':
        if (token != "true" && token != "false") return fail("not a JSON value", token.data());
        slot.kind = token.front() == 't' ? DAYBOOK_JSON_TRUE : DAYBOOK_JSON_FALSE;
        return true;
      default:
        if (!daybook::take_number(token, slot)) return fail("not a JSON value", token.data());
        return true;
    }
  }

  bool take_nested(
      ondemand::value &value, bool is_object, const char *place, size_t depth,
      daybook_json_value &slot) {
    if (depth >= depth_limit) return fail("values are nested too deep", place);
    // Those of one value are next to each other, so they are gathered before they are written.
    size_t first = document.pending.size();
    if (is_object) {
      ondemand::object object;
      if (error_code error = value.get_object().get(object)) return fail(error, place);
      for (auto field : object) {
        ondemand::field member;
        daybook_json_member next = {};
        if (!take_name(std::move(field), member, next, place)) return false;
        if (!take(member.value(), depth + 1, next.value)) return false;
        document.pending.push_back(next);
      }
    } else {
      ondemand::array array;
      if (error_code error = value.get_array().get(array)) return fail(error, place);
      for (auto element : array) {
        ondemand::value item;
        if (error_code error = std::move(element).get(item)) return fail(error, place);
        daybook_json_member next = {};
        if (!take(item, depth + 1, next.value)) return false;
        document.pending.push_back(next);
      }
    }
    slot.kind = is_object ? DAYBOOK_JSON_OBJECT : DAYBOOK_JSON_ARRAY;
    slot.bits = document.members.size();
    slot.count = static_cast<uint32_t>(document.pending.size() - first);
    auto own = document.pending.begin() + static_cast<ptrdiff_t>(first);
    document.members.insert(document.members.end(), own, document.pending.end());
    document.pending.resize(first);
    return true;
  }

  /// Unescaped where it has to be.
  error_code name(ondemand::field &member, std::string_view &text) {
    ondemand::raw_json_string raw = member.key();
    const char *start = raw.raw();
    const char *end = start;
    while (*end != '"' && *end != '\\') end++;
    if (*end == '"') {
      text = std::string_view(start, static_cast<size_t>(end - start));
      return SUCCESS;
    }
    return member.unescaped_key().get(text);
  }

  /// One member of an object: its name goes to `next`, its value is still to be read.
  bool take_name(
      simdjson_result<ondemand::field> field, ondemand::field &member, daybook_json_member &next,
      const char *place) {
    if (error_code error = std::move(field).get(member)) return fail(error, place);
    std::string_view key;
    if (error_code error = name(member, key)) return fail(error, place);
    next.name = reinterpret_cast<const uint8_t *>(key.data());
    next.name_count = key.size();
    return true;
  }

  void complain(size_t record, uint32_t kind, std::string_view name) {
    if (!document.complaints.empty() && document.complaints.back().record == record) return;
    document.complaints.push_back(
        {static_cast<uint32_t>(record), kind, reinterpret_cast<const uint8_t *>(name.data()),
         name.size()});
  }

  const daybook_json_document::Name *find(std::string_view key, size_t place) {
    if (place < document.order.size() && document.order[place] != nullptr &&
        document.order[place]->text == key)
      return document.order[place];
    auto found = document.by_text.find(key);
    auto name = found == document.by_text.end() ? nullptr : &document.names[found->second];
    if (place >= document.order.size()) document.order.resize(place + 1, nullptr);
    document.order[place] = name;
    return name;
  }

  /// Where the value of a name goes; one that is not kept goes nowhere.
  daybook_json_value *slot(size_t record, std::string_view key, size_t place) {
    auto name = find(key, place);
    if (name == nullptr) {
      complain(record, DAYBOOK_JSON_UNKNOWN_NAME, key);
      return nullptr;
    }
    if (name->field >= DAYBOOK_JSON_DROPPED) {
      document.dropped[name->field - DAYBOOK_JSON_DROPPED]++;
      return nullptr;
    }
    daybook_json_value *slot =
        &document.values[record * document.field_count + name->field];
    if (slot->kind == DAYBOOK_JSON_ABSENT) return slot;
    complain(record, DAYBOOK_JSON_REPEATED_NAME, key);
    return nullptr;
  }

  size_t begin_record(const char *place) {
    size_t record = document.starts.size();
    document.starts.push_back(offset(place));
    document.values.resize(document.values.size() + document.field_count);
    return record;
  }

  bool take_record(ondemand::value value) {
    std::string_view token = value.raw_json_token();
    const char *place = token.data();
    size_t record = begin_record(place);
    if (token.front() != '{') {
      daybook_json_value ignored = {};
      complain(record, DAYBOOK_JSON_NO_OBJECT, {});
      return take(value, 2, ignored);
    }
    ondemand::object object;
    if (error_code error = value.get_object().get(object)) return fail(error, place);
    size_t number = 0;
    for (auto field : object) {
      ondemand::field member;
      if (error_code error = std::move(field).get(member)) return fail(error, place);
      std::string_view key;
      if (error_code error = name(member, key)) return fail(error, place);
      daybook_json_value *slot = this->slot(record, key, number++);
      if (slot != nullptr) {
        // The slot must not move meanwhile: only members are added.
        if (!take(member.value(), 2, *slot)) return false;
      } else {
        size_t before = document.members.size();
        daybook_json_value ignored = {};
        if (!take(member.value(), 2, ignored)) return false;
        document.members.resize(before);
      }
    }
    return true;
  }

  bool take_records(ondemand::array array, const char *place) {
    for (auto element : array) {
      ondemand::value item;
      if (error_code error = std::move(element).get(item)) return fail(error, place);
      if (document.starts.size() > record_limit) {
        daybook_json_value ignored = {};
        size_t before = document.members.size();
        if (!take(item, 1, ignored)) return false;
        document.members.resize(before);
        continue;
      }
      place = item.raw_json_token().data();
      if (!take_record(item)) return false;
    }
    return true;
  }

  bool is_batch_name(std::string_view key) const {
    for (auto &name : document.batch_names)
      if (name == key) return true;
    return false;
  }

  bool take_object(ondemand::object object, const char *place) {
    std::vector<daybook_json_member> own;
    for (auto field : object) {
      ondemand::field member;
      daybook_json_member next = {};
      if (!take_name(std::move(field), member, next, place)) return false;
      std::string_view key(reinterpret_cast<const char *>(next.name), next.name_count);
      ondemand::value value = member.value();
      std::string_view token = value.raw_json_token();
      if (is_batch_name(key) && !token.empty() && token.front() == '[') {
        if (result.is_batch) return fail("two members hold records", key.data());
        result.is_batch = true;
        ondemand::array array;
        if (error_code error = value.get_array().get(array)) return fail(error, token.data());
        if (!take_records(array, token.data())) return false;
        continue;
      }
      if (!take(value, 1, next.value)) return false;
      own.push_back(next);
    }
    result.envelope.kind = DAYBOOK_JSON_OBJECT;
    if (result.is_batch) {
      result.envelope.bits = document.members.size();
      result.envelope.count = static_cast<uint32_t>(own.size());
      document.members.insert(document.members.end(), own.begin(), own.end());
      return true;
    }
    size_t record = begin_record(place);
    size_t number = 0;
    for (auto &member : own) {
      std::string_view key(reinterpret_cast<const char *>(member.name), member.name_count);
      if (daybook_json_value *slot = this->slot(record, key, number++)) *slot = member.value;
    }
    return true;
  }

  bool run() {
    ondemand::document root;
    auto text = reinterpret_cast<const char *>(document.bytes.data());
    size_t count = document.bytes.size() - SIMDJSON_PADDING;
    error_code error =
        document.parser.iterate(text, count, document.bytes.size()).get(root);
    if (error) return fail(error, nullptr);
    ondemand::json_type type;
    error = root.type().get(type);
    if (error) return fail(error, text);
    const char *start = text;
    while (*start == ' ' || *start == '\n' || *start == '\t' || *start == '\r') start++;
    bool is_fine;
    if (type == ondemand::json_type::array) {
      result.is_batch = true;
      ondemand::array array;
      if ((error = root.get_array().get(array))) return fail(error, where(root));
      is_fine = take_records(array, start);
    } else if (type == ondemand::json_type::object) {
      ondemand::object object;
      if ((error = root.get_object().get(object))) return fail(error, where(root));
      is_fine = take_object(object, start);
    } else {
      return fail("an object or an array of objects is expected", start);
    }
    if (!is_fine) return false;
    if (const char *place = where(root))
      return fail("something follows the end of the document", place);
    return true;
  }

  static const char *where(ondemand::document &root) {
    const char *place;
    return root.current_location().get(place) ? nullptr : place;
  }
};

}  // namespace

bool daybook_json_document_parse(
    daybook_json_document *document, const uint8_t *bytes, size_t count, size_t depth_limit,
    size_t record_limit, daybook_json_records *records) {
  document->values.clear();
  document->starts.clear();
  document->members.clear();
  document->pending.clear();
  document->complaints.clear();
  std::fill(document->dropped.begin(), document->dropped.end(), 0);
  document->bytes.resize(count + SIMDJSON_PADDING);
  if (count > 0) memcpy(document->bytes.data(), bytes, count);
  memset(document->bytes.data() + count, ' ', SIMDJSON_PADDING);
  *records = {};
  Walk walk{*document, depth_limit, record_limit, *records};
  bool is_fine = walk.run();
  if (!is_fine) {
    // What is no JSON is said so, and where; else what was said stands.
    daybook::JSONFault fault(document->bytes.data(), count, depth_limit);
    if (const char *reason = fault.find()) {
      records->reason = reason;
      records->position = fault.position();
    }
  }
  records->record_count = document->starts.size();
  records->values = document->values.data();
  records->starts = document->starts.data();
  records->members = document->members.data();
  records->complaints = document->complaints.data();
  records->complaint_count = document->complaints.size();
  return is_fine;
}
