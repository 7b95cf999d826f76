import ColumnStore
import QueryLanguage

/// AND, OR, CASE and COALESCE: what decides which rows the others see.
enum Conditional {
  /// AND (`deciding` 0) or OR (`deciding` 1): an operand that equals `deciding` settles its row.
  static func all(
    _ steps: [Step], _ batch: Batch, deciding: UInt8
  ) throws(QueryError) -> Vector {
    let count = batch.rowCount
    var isDecided = [UInt8](repeating: 0, count: count)
    var isNull = [UInt8](repeating: 0, count: count)
    var hasNulls = false
    var hasDecided = false
    for step in steps {
      if step.mayFail, hasDecided {
        let open = positions(of: 0, in: isDecided)
        if open.isEmpty { break }
        let result = try step.evaluate(batch, rows: open)
        let rows = result.booleanRows
        let isValid = result.validityRows
        for index in open.indices {
          let row = Int(open[index])
          isDecided[row] = isValid[index] & (rows[index] ^ deciding ^ 1)
          isNull[row] |= isValid[index] ^ 1
          hasNulls = hasNulls || isValid[index] == 0
        }
        continue
      }
      let result = try step.evaluate(batch)
      if case .constant(let value) = result.storage {
        if value.isNull {
          isNull = [UInt8](repeating: 1, count: count)
          hasNulls = true
        } else if value == .boolean(deciding == 1) {
          return Vector(constant: value, type: .boolean, count: count)
        }
        continue
      }
      let rows = result.booleanRows
      if let validity = result.validity {
        hasNulls = true
        for row in 0..<count {
          isDecided[row] |= validity[row] & (rows[row] ^ deciding ^ 1)
          isNull[row] |= validity[row] ^ 1
        }
      } else {
        for row in 0..<count { isDecided[row] |= rows[row] ^ deciding ^ 1 }
      }
      hasDecided = true
    }
    // Decided, else null if any operand was, else the opposite of what decides.
    var validity: [UInt8]?
    if hasNulls {
      for row in 0..<count { isNull[row] = isDecided[row] | (isNull[row] ^ 1) }
      validity = Validity.compacted(isNull)
    }
    if deciding == 0 { for row in 0..<count { isDecided[row] ^= 1 } }
    return Vector(type: .boolean, count: count, storage: .booleans(isDecided), validity: validity)
  }

  static func caseWhen(
    _ branches: [Step.Branch], otherwise: Step, _ type: DataType, _ batch: Batch
  ) throws(QueryError) -> Vector {
    let count = batch.rowCount
    // Which result a row takes; `branches.count` for the last.
    var choice = [UInt32](repeating: UInt32(branches.count), count: count)
    var open: [UInt32]?
    for (index, branch) in branches.enumerated() {
      let own = UInt32(index)
      if branch.condition.mayFail, let rows = open {
        if rows.isEmpty { break }
        let hits = try branch.condition.evaluate(batch, rows: rows).positionsOfTrue()
        for hit in hits { choice[Int(rows[Int(hit)])] = own }
      } else {
        let result = try branch.condition.evaluate(batch)
        if let value = result.constant, value != .boolean(true) { continue }
        choose(own, unchosen: UInt32(branches.count), where: result, &choice)
      }
      if branches.dropFirst(index + 1).contains(where: { $0.condition.mayFail }) {
        open = positions(of: UInt32(branches.count), in: choice)
      }
    }
    var parts: [Choice.Part] = []
    for (index, step) in (branches.map(\.result) + [otherwise]).enumerated() {
      parts.append(try part(step, UInt32(index), choice, batch))
    }
    return Choice.merge(parts, choice, type)
  }

  /// Rows that are true and have chosen nothing yet choose `own`. Free of branches, since which
  /// rows are true cannot be foreseen.
  private static func choose(
    _ own: UInt32, unchosen: UInt32, where condition: Vector, _ choice: inout [UInt32]
  ) {
    let isTrue =
      condition.validity == nil
      ? condition.booleanRows : Validity.intersection(condition.booleanRows, condition.validity)
    guard let isTrue else { return }
    choice.withUnsafeMutableBufferPointer { choice in
      isTrue.withUnsafeBufferPointer { isTrue in
        for row in 0..<choice.count {
          let current = choice[row]
          let isOpen: UInt32 = current == unchosen ? 1 : 0
          // All ones where the row chooses now.
          let mask = 0 &- (isOpen & UInt32(isTrue[row]))
          choice[row] = (current & ~mask) | (own & mask)
        }
      }
    }
  }

  static func coalesce(
    _ steps: [Step], _ type: DataType, _ batch: Batch
  ) throws(QueryError) -> Vector {
    guard let first = steps.first else {
      return Vector(constant: .null, type: type, count: batch.rowCount)
    }
    var parts = [Choice.Part(vector: try first.evaluate(batch), rows: nil)]
    if parts[0].vector.validity == nil, !parts[0].vector.isNullConstant { return parts[0].vector }
    var choice = [UInt32](repeating: 0, count: batch.rowCount)
    var open = positions(of: 0, in: parts[0].vector.validityRows)
    for (index, step) in steps.enumerated().dropFirst() {
      if open.isEmpty { break }
      for row in open { choice[Int(row)] = UInt32(index) }
      let added = try part(step, UInt32(index), choice, batch)
      let isValid = added.vector.validityRows
      if added.rows == nil {
        open = open.filter { isValid[Int($0)] == 0 }
      } else {
        open = open.indices.filter { isValid[$0] == 0 }.map { open[$0] }
      }
      parts.append(added)
    }
    return Choice.merge(parts, choice, type)
  }

  /// Evaluates a result for the rows that chose it, or for all when that is harmless.
  private static func part(
    _ step: Step, _ index: UInt32, _ choice: [UInt32], _ batch: Batch
  ) throws(QueryError) -> Choice.Part {
    if !step.mayFail { return Choice.Part(vector: try step.evaluate(batch), rows: nil) }
    let rows = positions(of: index, in: choice)
    return Choice.Part(vector: try step.evaluate(batch, rows: rows), rows: rows)
  }

  private static func positions<Element: BitwiseCopyable & Equatable>(
    of wanted: Element, in values: [Element]
  ) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: values.count) { buffer, initialized in
      var kept = 0
      values.withUnsafeBufferPointer { values in
        for row in 0..<values.count {
          buffer[kept] = UInt32(truncatingIfNeeded: row)
          kept &+= Int(unsafeBitCast(values[row] == wanted, to: UInt8.self))
        }
      }
      initialized = kept
    }
  }
}

/// Puts one vector together from several, a row from each in turn.
enum Choice {
  struct Part {
    var vector: Vector
    /// Positions in the whole of the vector's rows; `nil` when it has all rows.
    var rows: [UInt32]?
  }

  /// Row r is that of part `choice[r]`.
  static func merge(_ parts: [Part], _ choice: [UInt32], _ type: DataType) -> Vector {
    let count = choice.count
    if parts.count == 1, parts[0].rows == nil { return parts[0].vector }
    let storage: Vector.Storage
    switch type.physical {
    case .boolean: storage = .booleans(merge(parts, choice, 0) { $0.booleanRows })
    case .integer: storage = .integers(merge(parts, choice, 0) { $0.integerRows })
    case .double: storage = .doubles(merge(parts, choice, 0) { $0.doubleRows })
    case .object: storage = .objects(mergeObjects(parts, choice))
    case .text:
      let union = TextUnion(parts.map(\.vector))
      let codes = zip(parts, union.codes).map { Rows(values: $1, rows: $0.rows, constant: nil) }
      storage = .text(codes: merge(codes, choice, 0), union.source)
    }
    var validity: [UInt8]?
    if parts.contains(where: { $0.vector.validity != nil || $0.vector.isNullConstant }) {
      let rows = parts.map { part in
        part.vector.validity.map { Rows(values: $0, rows: part.rows, constant: nil) }
          ?? Rows(values: [], rows: part.rows, constant: part.vector.isNullConstant ? 0 : 1)
      }
      validity = Validity.compacted(merge(rows, choice, 0))
    }
    return Vector(type: type, count: count, storage: storage, validity: validity)
  }

  private struct Rows<Element> {
    var values: [Element]
    var rows: [UInt32]?
    var constant: Element?
  }

  private static func merge<Element: BitwiseCopyable>(
    _ parts: [Part], _ choice: [UInt32], _ filler: Element, _ rows: (Vector) -> [Element]
  ) -> [Element] {
    let all = parts.map { part in
      var one = part.vector
      one.count = min(1, one.count)
      return one.isConstant
        ? Rows(values: [], rows: part.rows, constant: rows(one).first ?? filler)
        : Rows(values: rows(part.vector), rows: part.rows, constant: nil)
    }
    return merge(all, choice, filler)
  }

  @inline(__always)
  private static func merge<Element: BitwiseCopyable>(
    _ parts: [Rows<Element>], _ choice: [UInt32], _ filler: Element
  ) -> [Element] {
    let count = choice.count
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: filler)
      for (index, part) in parts.enumerated() {
        let own = UInt32(index)
        choice.withUnsafeBufferPointer { choice in
          if let constant = part.constant {
            for row in 0..<count {
              let kept = buffer[row]
              buffer[row] = choice[row] == own ? constant : kept
            }
          } else if let rows = part.rows {
            for (position, row) in rows.enumerated() { buffer[Int(row)] = part.values[position] }
          } else {
            part.values.withUnsafeBufferPointer { values in
              // Both are loaded first, so that this is a selection and no branch.
              for row in 0..<count {
                let kept = buffer[row]
                let taken = values[row]
                buffer[row] = choice[row] == own ? taken : kept
              }
            }
          }
        }
      }
      initialized = count
    }
  }

  private static func mergeObjects(_ parts: [Part], _ choice: [UInt32]) -> [Value] {
    var result = [Value](repeating: .null, count: choice.count)
    for (index, part) in parts.enumerated() {
      if let rows = part.rows {
        for (position, row) in rows.enumerated() {
          result[Int(row)] = part.vector.value(at: position)
        }
      } else {
        for row in choice.indices where choice[row] == UInt32(index) {
          result[row] = part.vector.value(at: row)
        }
      }
    }
    return result
  }
}

extension Vector {
  /// Validity as bytes, also when there are no nulls.
  var validityRows: [UInt8] {
    validity ?? [UInt8](repeating: isNullConstant ? 0 : 1, count: count)
  }
}
