internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import Engine
internal import HTTPTypes

/// What `POST /api/query` is asked: the body, checked, with its defaults.
struct QueryBody: Sendable {
  var sql: String
  var parameters: [Value]
  var kind: AnswerKind
  var timeZone: String?
  var usesCache: Bool
  var asOf: String?
  var name: String?
  var timeoutMilliseconds: Int
  var rowLimit: Int
  var memoryLimit: Int

  static let largestByteCount = 1 << 20
  static let largestParameterCount = 1_000
  static let nameRule =
    "must be 1 to 64 letters, digits, '-', '_' or '.', not digits alone"

  static let schema = Schema.named(
    "Query",
    .object([
      .init(
        "sql", .text(1...largestByteCount), "One statement: SELECT, EXPLAIN, SHOW or DESCRIBE."),
      .init(
        "parameters", .array(.any, 0...largestParameterCount), isRequired: false,
        "Values of `$1`, `$2`, ...: null, booleans, numbers, texts, arrays of these. A text becomes what its place wants."
      ),
      .init(
        "format", .choice(AnswerKind.allCases.map(\.rawValue)), isRequired: false,
        "Otherwise what `Accept` asks for; json where it asks for nothing."),
      .init(
        "time_zone", .text(1...64), isRequired: false,
        "An IANA name, or an offset such as +05:30; otherwise UTC."),
      .init(
        "limits",
        .object([
          .init("timeout_ms", .integer(1...Int.max), isRequired: false, "How long it may run."),
          .init(
            "max_rows", .integer(1...Int.max), isRequired: false,
            "How many rows the answer may have; the receipt says when there were more."),
          .init(
            "max_memory", .integer(1 << 16...Int.max), isRequired: false,
            "How many bytes it may use beside the tables."),
        ]), isRequired: false, "Lower than the service's own, or the same."),
      .init(
        "cache", .boolean, isRequired: false,
        "Whether it may use what earlier queries found; answers are the same."),
      .init(
        "as_of", .text(1...64), isRequired: false,
        "The number of a snapshot, or a time: the tables as they were."),
      .init(
        "query_id", .text(1...64), isRequired: false,
        "A name to cancel it by, which no running query of the caller's has."),
    ]))

  /// The schema was checked before; here is what it cannot say.
  init(_ request: ServiceRequest, _ limits: QueryLimits) throws(Problem) {
    let members = request.json?.members ?? [:]
    var errors: [Problem.FieldError] = []
    sql = members["sql"]?.text ?? ""
    usesCache = members["cache"] != .bool(false)
    asOf = members["as_of"]?.text
    name = members["query_id"]?.text
    let zoneName = members["time_zone"]?.text
    // As the zone database spells it: the answer says it back.
    timeZone = zoneName.flatMap(TimeZoneRules.reporting)?.name
    if let name, !Self.isName(name) { errors.append(.init("query_id", "pattern", Self.nameRule)) }
    if let zoneName, timeZone == nil {
      errors.append(.init("time_zone", "unknown", TimeZoneRules.reportingRule(for: zoneName)))
    }
    parameters = []
    for (index, parameter) in (members["parameters"]?.elements ?? []).enumerated() {
      if let value = Value(parameter) {
        parameters.append(value)
      } else {
        errors.append(.init("parameters[\(index)]", "type", Value.parameterRule))
      }
    }
    let asked = members["limits"]?.members ?? [:]
    func limit(_ name: String, _ fallback: Int, upTo largest: Int) -> Int {
      guard let number = asked[name]?.integer else { return fallback }
      if number > largest {
        errors.append(
          .init("limits.\(name)", "range", "may be at most \(largest), the service's own limit"))
      }
      return Int(clamping: number)
    }
    timeoutMilliseconds = limit(
      "timeout_ms", limits.timeoutMilliseconds, upTo: limits.longestTimeoutMilliseconds)
    rowLimit = limit("max_rows", limits.rowCount, upTo: limits.largestRowCount)
    memoryLimit = limit("max_memory", limits.largestMemory, upTo: limits.largestMemory)
    guard errors.isEmpty else { throw .invalid(Array(errors.prefix(16))) }
    let named = members["format"]?.text.flatMap(AnswerKind.init)
    kind = if let named { named } else { try AnswerKind(accepting: request.headers) }
  }

  /// Not digits alone: those are the engine's numbers.
  static func isName(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
      default: false
      }
    }
    return isPlain && (1...64).contains(text.utf8.count)
      && !text.utf8.allSatisfy { (48...57).contains($0) }
  }
}

extension AnswerKind {
  var contentType: String {
    switch self {
    case .json: AnswerContentType.json
    case .ndjson: AnswerContentType.ndjson
    case .csv: AnswerContentType.csv
    }
  }

  static let contentTypes = ["application/json", "application/x-ndjson", "text/csv"]

  /// The first of the types that are accepted and that there are.
  fileprivate init(accepting headers: HTTPFields) throws(Problem) {
    let accepted = headers[values: .accept].flatMap { $0.split(separator: ",") }.map { entry in
      entry.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    }
    if accepted.isEmpty {
      self = .json
      return
    }
    for type in accepted {
      switch type {
      case "application/json", "application/*", "*/*": self = .json
      case "application/x-ndjson", "application/ndjson", "application/jsonl": self = .ndjson
      case "text/csv", "text/*": self = .csv
      default: continue
      }
      return
    }
    throw Problem(
      .notAcceptable, "not_acceptable", "Not acceptable",
      "answers are \(Self.contentTypes.joined(separator: ", "))",
      errors: [.init("Accept", "choice", "must allow one of them, or send format")])
  }
}

extension Value {
  static let parameterRule =
    "must be null, a boolean, a number, a text, or an array of booleans, of numbers or of texts"

  /// A parameter as JSON has it. Whole numbers are `bigint`, others `double precision`.
  init?(_ json: StrictJSON) {
    switch json {
    case .null: self = .null
    case .bool(let flag): self = .boolean(flag)
    case .string(let text): self = .text(text)
    case .number(let text):
      if let integer = Int64(text) {
        self = .integer(integer)
      } else {
        guard let double = Double(text), double.isFinite else { return nil }
        self = .double(double)
      }
    case .array(let elements):
      var values: [Value] = []
      for element in elements {
        if case .array = element { return nil }
        guard let value = Value(element) else { return nil }
        values.append(value)
      }
      guard let alike = Self.alike(values) else { return nil }
      self = .array(alike)
    case .object: return nil
    }
  }

  /// All of one type, nulls aside; numbers are doubles where one is. `nil`: they are not.
  private static func alike(_ values: [Value]) -> [Value]? {
    var (booleans, integers, doubles, texts, nulls) = (0, 0, 0, 0, 0)
    for value in values {
      switch value {
      case .boolean: booleans += 1
      case .integer: integers += 1
      case .double: doubles += 1
      case .text: texts += 1
      default: nulls += 1
      }
    }
    let known = values.count - nulls
    if doubles > 0, integers > 0, doubles + integers == known {
      return values.map {
        if case .integer(let integer) = $0 { .double(Double(integer)) } else { $0 }
      }
    }
    return [booleans, integers, doubles, texts].contains(known) ? values : nil
  }
}
