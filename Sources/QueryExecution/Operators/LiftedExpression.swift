import ColumnStore
import QueryLanguage
import QueryPlanning

/// An expression over a segment, evaluated as little as its columns allow.
///
/// The engine's main lever: an expression of one dictionary column has no more values than the
/// dictionary has entries, and a monotonic function that gives the same for the least and the
/// greatest value gives it for every row between.
enum LiftedVector {
  /// Every row has this value.
  case constant(Value, DataType)
  /// Row r of the segment has `values[code of r]`; the value for null rows is the last entry.
  case coded(CodedVector)
  /// One value per selected row.
  case plain(Vector)
}

/// Values by code: `entryCount` of them, and one more for rows that are null.
struct CodedVector {
  /// Codes of all rows of the segment, selected or not; with `sparse`, of those that are not null.
  var codes: PackedIntegers
  var sparse: SparseValues?
  /// Rows of the segment that are not null; `nil`: all.
  var validity: Bitmap?
  /// `entryCount` values, then the value for null.
  var values: Vector
  var entryCount: Int
}

extension BatchView {
  /// At most this share of the rows may be distinct values for evaluating by value to pay.
  private static let rowsPerEntry = 2

  func lift(_ expression: CompiledExpression) throws(QueryError) -> LiftedVector {
    if let lifted = try liftByValue(expression, for: rowCount) { return lifted }
    return .plain(try evaluate(expression))
  }

  /// The expression by value; `nil` where that would be more work than by row, for so many rows.
  func liftByValue(
    _ expression: CompiledExpression, for rowCount: Int
  ) throws(QueryError) -> LiftedVector? {
    if let constant = expression.constant { return .constant(constant, expression.type) }
    if expression.columns.count == 1, let column = expression.columns.first,
      let chunk = storedChunk(column)
    {
      if case .constant(let value) = chunk.encoding, chunk.validity == nil {
        if rowCount == 0 { return .plain(try evaluate(expression)) }
        let result = try evaluateValues(
          expression, column, Vector(constant: value, type: chunk.type, count: 1))
        return .constant(result.value(at: 0), expression.type)
      }
      if expression.isMonotonic, chunk.validity == nil,
        case .integers(let bounds)? = chunk.zone.bounds,
        let constant = try constantBetween(bounds, expression, column, chunk)
      {
        return .constant(constant, expression.type)
      }
      if !expression.mayFail || expression.column != nil,
        let coded = try liftedOverEntries(expression, column, chunk, for: rowCount)
      {
        return .coded(coded)
      }
    }
    return nil
  }

  /// One value per selected row.
  func evaluate(_ expression: CompiledExpression) throws(QueryError) -> Vector {
    if let column = expression.column { return vector(column) }
    return try expression.evaluate(batch(with: expression.columns))
  }

  /// The expression over some values of its one column.
  func evaluateValues(
    _ expression: CompiledExpression, _ column: Int, _ values: Vector
  ) throws(QueryError) -> Vector {
    if expression.column != nil { return values }
    let absent = Vector(constant: .null, type: .null, count: values.count)
    var columns = Array(repeating: absent, count: column + 1)
    columns[column] = values
    return try expression.evaluate(Batch(rowCount: values.count, columns: columns))
  }

  private func constantBetween(
    _ bounds: ClosedRange<Int64>, _ expression: CompiledExpression, _ column: Int, _ chunk: Chunk
  ) throws(QueryError) -> Value? {
    let ends = Vector(
      type: chunk.type, count: 2, storage: .integers([bounds.lowerBound, bounds.upperBound]))
    let results = try evaluateValues(expression, column, ends)
    let first = results.value(at: 0)
    return first == results.value(at: 1) ? first : nil
  }

  private func liftedOverEntries(
    _ expression: CompiledExpression, _ column: Int, _ chunk: Chunk, for rowCount: Int
  ) throws(QueryError) -> CodedVector? {
    guard let entries = Self.entries(of: chunk, atMost: rowCount / Self.rowsPerEntry),
      let aligned = self.chunk(column), let codes = aligned.codes
    else { return nil }
    var values = try evaluateValues(expression, column, entries.values)
    if case .constant(let value) = values.storage {
      values = Vector(constant: value, type: values.type, count: entries.count + 1)
    }
    var sparse: SparseValues?
    if case .sparse(let values) = aligned.encoding { sparse = values }
    return CodedVector(
      codes: codes, sparse: sparse, validity: chunk.validity, values: values,
      entryCount: entries.count)
  }

  /// The values that a chunk's codes stand for, and a null. Reads no row.
  private static func entries(
    of chunk: Chunk, atMost limit: Int
  ) -> (values: Vector, count: Int)? {
    if let dictionary = chunk.dictionary {
      return entries(of: dictionary, type: chunk.type, atMost: limit)
    }
    switch chunk.encoding {
    case .sparse(let sparse):
      return entries(of: sparse.values, atMost: limit)
    case .frameOfReference(let base, let packed):
      return entries(of: chunk, base: base, bitWidth: 8 * packed.width, atMost: limit)
    case .bitPacked(let packed):
      guard case .frameOfReference(let base) = packed.shape else { return nil }
      return entries(of: chunk, base: base, bitWidth: packed.bits.width, atMost: limit)
    default:
      return nil
    }
  }

  private static func entries(
    of dictionary: ChunkDictionary, type: DataType, atMost limit: Int
  ) -> (values: Vector, count: Int)? {
    let count = dictionary.count
    guard count <= limit, count > 0 else { return nil }
    var codes = [UInt32](repeating: 0, count: count + 1)
    for code in 0..<count {
      codes[code] = dictionary.domainCodes?.base[code] ?? UInt32(truncatingIfNeeded: code)
    }
    return (entryVector(type, .text(codes: codes, .dictionary(dictionary.domain)), count), count)
  }

  private static func entries(
    of chunk: Chunk, base: Int64, bitWidth: Int, atMost limit: Int
  ) -> (values: Vector, count: Int)? {
    guard bitWidth <= 16, case .integers(let range)? = chunk.zone.bounds, range.lowerBound >= base
    else { return nil }
    let (span, overflow) = range.upperBound.subtractingReportingOverflow(base)
    guard !overflow, span >= 0, span < limit, span < 1 << bitWidth else { return nil }
    var values = [Int64](repeating: base, count: Int(span) + 2)
    for delta in 0...Int(span) { values[delta] = base &+ Int64(delta) }
    // Null rows may hold a delta past the bounds only if sealing wrote one; it writes 0.
    return (entryVector(chunk.type, .integers(values), Int(span) + 1), Int(span) + 1)
  }

  private static func entryVector(
    _ type: DataType, _ storage: Vector.Storage, _ count: Int
  ) -> Vector {
    var validity = [UInt8](repeating: 1, count: count + 1)
    validity[count] = 0
    return Vector(type: type, count: count + 1, storage: storage, validity: validity)
  }
}

extension Chunk {
  /// Codes or deltas in whole bytes, if only those of sparse values.
  fileprivate var codes: PackedIntegers? {
    switch encoding {
    case .dictionary(_, let packed), .frameOfReference(_, let packed): packed
    case .sparse(let sparse): sparse.values.codes
    default: nil
    }
  }
}

extension CodedVector {
  /// One value per selected row.
  func materialized(positions: [UInt32]?, rowCount: Int) -> Vector {
    values.gather(rows: entryIndices(positions: positions, rowCount: rowCount))
  }

  /// For each selected row the index into `values`.
  func entryIndices(positions: [UInt32]?, rowCount: Int) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: rowCount) { buffer, initialized in
      initialized = rowCount
      guard let indices = buffer.baseAddress else { return }
      if let sparse {
        sparseEntryIndices(sparse, positions, rowCount, into: indices)
        return
      }
      withOptionalPointer(positions) { rows in
        packedCodes(codes, rows: rows, count: rowCount, into: indices)
        guard let validity else { return }
        let null = UInt32(entryCount)
        for index in 0..<rowCount {
          let row = rows.map { Int($0[index]) } ?? index
          if !validity[row] { indices[index] = null }
        }
      }
    }
  }

  private func sparseEntryIndices(
    _ sparse: SparseValues, _ positions: [UInt32]?, _ rowCount: Int,
    into indices: UnsafeMutablePointer<UInt32>
  ) {
    let null = UInt32(entryCount)
    let valueCount = sparse.values.rowCount
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: valueCount + 1) { values in
      guard let values = values.baseAddress else { return }
      packedCodes(codes, rows: nil, count: valueCount, into: values)
      values[valueCount] = null
      if let positions {
        for index in 0..<rowCount {
          let row = Int(positions[index])
          indices[index] = sparse.validity[row] ? values[sparse.rank(of: row)] : null
        }
        return
      }
      let words = sparse.validity.words.base
      var next = 0
      for row in 0..<rowCount {
        let bit = Int(truncatingIfNeeded: (words[row &>> 6] &>> UInt64(row & 63)) & 1)
        // The mask picks the value or the null, so that there is no branch.
        let mask = UInt32(truncatingIfNeeded: 0 &- bit)
        indices[row] = (values[next] & mask) | (null & ~mask)
        next &+= bit
      }
    }
  }
}
