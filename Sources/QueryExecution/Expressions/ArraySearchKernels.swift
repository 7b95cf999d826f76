import ColumnStore
import QueryLanguage
import QueryPlanning

/// What is in an array, and where.
enum ArraySearchKernels {
  /// Null elements equal each other here, as in IS NOT DISTINCT FROM.
  static let position = ArrayKernels.each(.integer) { (arguments, row, _) throws(QueryError) in
    guard case .array(let elements) = arguments[0].value(at: row) else { return .null }
    let wanted = arguments[1].value(at: row)
    var start = 0
    if arguments.count > 2 {
      guard case .integer(let from) = arguments[2].value(at: row) else { return .null }
      start = Int(min(max(from, 1) - 1, Int64(elements.count)))
    }
    var work = WorkCounter()
    for index in start..<elements.count {
      try work.add(16)
      if compareValues(elements[index], wanted) == 0 { return .integer(Int64(index) + 1) }
    }
    return .null
  }

  static func removal(_ site: CallSite) -> Kernel {
    ArrayKernels.each(site.type) { (arguments, row, memory) throws(QueryError) in
      guard case .array(let elements) = arguments[0].value(at: row) else { return .null }
      let unwanted = arguments[1].value(at: row)
      try memory.reserve(elements.count)
      var kept: [Value] = []
      var work = WorkCounter()
      for element in elements {
        try work.add(16)
        if compareValues(element, unwanted) != 0 { kept.append(element) }
      }
      return .array(kept)
    }
  }

  /// `@>` and `&&`: whether all, or any, of the second are in the first. A null is in none.
  static func membership(_ site: CallSite) -> Kernel {
    let asksForAll = site.function == .arrayContains
    return Kernels.strict { (arguments, rows) throws(QueryError) in
      var work = WorkCounter()
      var memory = TableMemory()
      // Of an array that is the same for all rows, once.
      let known = try arguments[0].constant.map { _ throws(QueryError) in
        try Elements(arguments[0].elements(at: 0), &memory, &work)
      }
      var answers = [UInt8](repeating: 0, count: rows.count)
      for row in 0..<rows.count where rows.isValid(row) {
        try work.add(64)
        let elements: Elements
        if let known {
          elements = known
        } else {
          elements = try Elements(arguments[0].elements(at: row), &memory, &work)
        }
        var holds = asksForAll
        for value in arguments[1].elements(at: row) {
          try work.add(64)
          if try elements.contains(value, &work) != asksForAll {
            holds = !asksForAll
            break
          }
        }
        answers[row] = holds ? 1 : 0
      }
      return Vector(type: .boolean, count: rows.count, storage: .booleans(answers))
    }
  }

  /// Memory of tables that follow each other: that of the largest.
  private struct TableMemory {
    private var largest = 0

    mutating func reserve(_ elementCount: Int) throws(QueryError) {
      // A table has up to twice as many places.
      let byteCount = 2 * elementCount * MemoryLayout<Value>.stride
      guard byteCount > largest else { return }
      try QueryScope.reserve(byteCount - largest, for: "the arrays of a function")
      largest = byteCount
    }
  }

  /// The elements of an array to look values up in: in a table, unless they are few.
  private struct Elements {
    private static let mostWithoutTable = 16

    private let few: [Value]
    private var table: Set<Value> = []

    init(
      _ elements: [Value], _ memory: inout TableMemory, _ work: inout WorkCounter
    ) throws(QueryError) {
      guard elements.count > Self.mostWithoutTable else {
        few = elements
        return
      }
      few = []
      try memory.reserve(elements.count)
      for element in elements where !element.isNull {
        try work.add(64)
        table.insert(element.equalityKey)
      }
    }

    func contains(_ value: Value, _ work: inout WorkCounter) throws(QueryError) -> Bool {
      if value.isNull { return false }
      if few.isEmpty { return table.contains(value.equalityKey) }
      try work.add(16 * few.count)
      return few.contains { !$0.isNull && compareValues($0, value) == 0 }
    }
  }
}
