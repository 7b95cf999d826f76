internal import CSimdJSON
internal import Glibc

/// What the first rows of a file show: its format, its columns and what they hold.
struct FileSample {
  var format: FileFormat
  var hasHeader: Bool
  /// As in the file.
  var names: [String]
  /// By column.
  var kinds: [ObservedKinds]
  /// The largest absolute value of the whole numbers, by column.
  var magnitudes: [UInt64]

  static func take(_ file: InputFile, options: LoadOptions) throws(LoadError) -> FileSample {
    let format: FileFormat
    if let given = options.format {
      format = given
    } else if let named = FileFormat(fileName: file.name) {
      let head = try firstBlock(
        file, format: named, byteCount: min(1 << 16, options.sampleByteCount))
      format = named.lookingAgain(at: UnsafeBufferPointer(start: head.base, count: head.count))
    } else {
      let head = try firstBlock(file, format: .ndjson, byteCount: 1 << 16)
      format = FileFormat(content: UnsafeBufferPointer(start: head.base, count: head.count))
    }
    let block = try firstBlock(file, format: format, byteCount: options.sampleByteCount)
    return format.isDelimited
      ? try delimited(block, format, file, options) : try json(block, file, options)
  }

  /// Forgets the columns that are not wanted.
  mutating func keepColumns(where isWanted: (String) -> Bool) {
    let kept = names.indices.filter { isWanted(names[$0]) }
    names = kept.map { names[$0] }
    kinds = kept.map { kinds[$0] }
    magnitudes = kept.map { magnitudes[$0] }
  }

  private static func firstBlock(
    _ file: InputFile, format: FileFormat, byteCount: Int
  ) throws(LoadError) -> Block {
    let block = Block(capacity: 0)
    var reader = BlockReader(
      try file.open(), format: format, blockByteCount: byteCount, name: file.name)
    guard try reader.next(into: block), !isBlank(block) else {
      throw LoadError(.emptyFile, "the file is empty", file: file.name)
    }
    if let nul = memchr(block.base, 0, block.count) {
      let offset =
        UnsafePointer(nul.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(block.base)
      throw LoadError(
        .binaryFile, "this is not text: it has a NUL byte", file: file.name, byteOffset: offset)
    }
    if format.isDelimited && endsLinesWithReturns(block) {
      throw LoadError(
        .badRow, "its lines end with a carriage return alone", file: file.name,
        hint: "tr '\\r' '\\n' < FILE gives them the ends that are read")
    }
    return block
  }

  /// As files of old Macs do: the only newline is the one that was put at the end.
  private static func endsLinesWithReturns(_ block: Block) -> Bool {
    let bytes = UnsafeBufferPointer(start: block.base, count: block.count)
    guard bytes.firstIndex(of: 0x0A) ?? bytes.endIndex >= bytes.endIndex - 1,
      let first = bytes.firstIndex(of: 0x0D), first + 2 < bytes.endIndex
    else { return false }
    return !bytes.contains(UInt8(ascii: "\""))
  }

  private static func isBlank(_ block: Block) -> Bool {
    UnsafeBufferPointer(start: block.base, count: block.count).allSatisfy {
      $0 == 0x0A || $0 == 0x0D
    }
  }

  private static func json(
    _ block: Block, _ file: InputFile, _ options: LoadOptions
  ) throws(LoadError) -> FileSample {
    let names = JSONRows.keys(block)
    let newlineCount = daybook_count_newlines(block.base, block.count)
    guard !names.isEmpty else {
      var failures: [RowFailure] = []
      var rows = JSONRows(names: ["?"], rawColumns: [], ignoresUnknown: true)
      rows.index(block, newlineCount: newlineCount, failures: &failures)
      let isArray = block.base[0] == UInt8(ascii: "[")
      throw LoadError(
        .badRow, failures.first?.reason ?? "no line has a JSON object with keys", file: file.name,
        line: failures.first.map {
          1 + daybook_count_newlines(block.base, $0.row.lowerBound)
        },
        hint: isArray ? "one JSON object per line is read, not an array of them" : nil)
    }
    var rows = JSONRows(names: names, rawColumns: [], ignoresUnknown: true)
    var failures: [RowFailure] = []
    rows.index(block, newlineCount: newlineCount, failures: &failures)
    var sample = FileSample(
      format: .ndjson, hasHeader: false, names: names,
      kinds: Array(repeating: [], count: names.count),
      magnitudes: Array(repeating: 0, count: names.count))
    for column in names.indices {
      sample.look(at: rows.column(column), block, column: column, from: 0)
    }
    return sample
  }

  private static func delimited(
    _ block: Block, _ format: FileFormat, _ file: InputFile, _ options: LoadOptions
  ) throws(LoadError) -> FileSample {
    let first = firstRow(block, format)
    if let columns = options.columns, columns.count != first.count {
      throw LoadError(
        .columnMismatch,
        "\(columns.count) column name\(columns.count == 1 ? " was" : "s were") given, the first "
          + "row has \(first.count) field\(first.count == 1 ? "" : "s")", file: file.name)
    }
    var rows = DelimitedRows(
      delimiter: format.delimiter, columnCount: first.count,
      nullTokens: NullTokens(options.nullTokens))
    var failures: [RowFailure] = []
    rows.index(block, hasHeader: false, failures: &failures)
    var sample = FileSample(
      format: format, hasHeader: false, names: [],
      kinds: Array(repeating: [], count: first.count),
      magnitudes: Array(repeating: 0, count: first.count))
    var firstKinds: [ObservedKinds] = []
    var malformed: [Int] = []
    for column in first.indices {
      let fields = rows.column(column, block, malformed: &malformed)
      if fields.count > 0 && !fields.base[0].isNull {
        firstKinds.append(ObservedKinds(block.base, fields.base[0], isJSON: false))
      } else {
        firstKinds.append([])
      }
      sample.look(at: fields, block, column: column, from: 1)
    }
    sample.hasHeader =
      options.hasHeader
      ?? looksLikeHeader(
        first, firstKinds, rest: sample.kinds, rowCount: rows.rowCount, names: options.columns)
    if !sample.hasHeader {
      for column in first.indices {
        sample.kinds[column].formUnion(firstKinds[column])
        if firstKinds[column] == .integer {
          sample.magnitudes[column] = max(
            sample.magnitudes[column], Int64(first[column])?.magnitude ?? 0)
        }
      }
    }
    if sample.hasHeader, options.columns == nil { try checkHeader(headerNames(first), of: file) }
    sample.names =
      options.columns
      ?? (sample.hasHeader ? headerNames(first) : first.indices.map { "column\($0 + 1)" })
    return sample
  }

  private mutating func look(at fields: FieldColumn, _ block: Block, column: Int, from first: Int) {
    var kinds: ObservedKinds = []
    var magnitude: UInt64 = 0
    let isJSON = format == .ndjson
    for row in stride(from: first, to: fields.count, by: 1) {
      let field = fields.base[row * fields.stride]
      if field.isNull { continue }
      let kind = ObservedKinds(block.base, field, isJSON: isJSON)
      if kind == .integer {
        let (text, count) = trimmingSpaces(block.base + Int(field.start), field.byteCount)
        let value = parseInteger(text, count, isStrict: false)?.magnitude ?? 0
        magnitude = max(magnitude, value)
      }
      kinds.formUnion(kind)
    }
    self.kinds[column] = kinds
    magnitudes[column] = magnitude
  }

  /// A header has a name in every field and no value. Where all columns are text nothing tells names
  /// from values: then it is taken for a header if no two are the same and no names were given.
  private static func looksLikeHeader(
    _ first: [String], _ firstKinds: [ObservedKinds], rest: [ObservedKinds], rowCount: Int,
    names: [String]?
  ) -> Bool {
    // Data frames are saved with an index column that has no name.
    let isComplete = firstKinds.allSatisfy { $0 == .text }
    guard isComplete || firstKinds.contains(.text),
      firstKinds.allSatisfy({ $0 == .text || $0.isEmpty })
    else { return false }
    if let names, names.map({ $0.lowercased() }) == first.map({ $0.lowercased() }) { return true }
    let isTyped = zip(firstKinds, rest).contains { first, rest in
      first == .text && !rest.isEmpty && rest.format != .text && rest.format != .json
    }
    if isTyped { return true }
    return isComplete && names == nil && Set(first).count == first.count
  }

  /// A name that nobody could write is no name: the file is no text, or its first row is no header.
  private static func checkHeader(_ names: [String], of file: InputFile) throws(LoadError) {
    for (index, name) in names.enumerated()
    where name.unicodeScalars.contains(where: {
      $0.value < 0x20 || $0.value == 0x7F || $0 == "\u{FFFD}"
    }) {
      throw LoadError(
        .badRow,
        "the name of column \(index + 1) is not text: it has control characters or is not UTF-8",
        file: file.name, line: 1, hint: "--columns names the columns; is this a file of text?")
    }
  }

  private static func headerNames(_ fields: [String]) -> [String] {
    fields.enumerated().map { index, field in
      let name = field.filter { !$0.isNewline }
      let trimmed = name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      return trimmed.isEmpty ? "column\(index + 1)" : String(trimmed)
    }
  }

  /// The first row that is not blank.
  private static func firstRow(_ block: Block, _ format: FileFormat) -> [String] {
    let end = DelimitedRows.endOfHeader(block, delimiter: format.delimiter)
    var start = 0
    while start < end && (block.base[start] == 0x0A || block.base[start] == 0x0D) { start += 1 }
    var scratch = Scratch<UInt32>()
    scratch.reserve(end - start + 1)
    var newlineCount = 0
    var openQuote = 0
    let count = daybook_find_separators(
      block.base, start, end, format.delimiter, true, scratch.base, &newlineCount, &openQuote)
    return (0..<max(count, 1)).map { index in
      let from = index == 0 ? start : Int(scratch.base[index - 1]) + 1
      var to = index < count ? Int(scratch.base[index]) : end
      if to > from && block.base[to - 1] == 0x0D { to -= 1 }
      let bytes = UnsafeBufferPointer(start: block.base + from, count: max(to - from, 0))
      guard bytes.count >= 2, bytes.first == 0x22, bytes.last == 0x22 else {
        return String(decoding: bytes, as: UTF8.self)
      }
      return unquoted(String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self))
    }
  }

  private static func unquoted(_ text: String) -> String {
    text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
  }
}
