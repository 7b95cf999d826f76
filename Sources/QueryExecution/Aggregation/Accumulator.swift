import ColumnStore
import QueryLanguage
import QueryPlanning

/// The state of one aggregate for all groups, in arrays by group.
///
/// Called once per view, with loops over its rows inside. One state belongs to one thread; states
/// of different morsels are merged in the order of the morsels, so that an answer does not depend
/// on the number of threads.
protocol Accumulator: AnyObject {
  /// Makes room for groups up to `groupCount`; new ones are empty.
  func resize(to groupCount: Int)
  func update(_ input: AggregateInput) throws(QueryError)
  /// Memory of the state in bytes, roughly.
  var byteCount: Int { get }
  /// The most memory that a row may add to the state, in bytes, beside what a group takes.
  var bytesPerRow: Int { get }
  /// Adds another state of the same aggregate, which stays as it is; its group g goes to `groups[g]`.
  func merge(_ other: any Accumulator, groups: [UInt32]) throws(QueryError)
  /// The results by group.
  func finish(groupCount: Int) throws(QueryError) -> Vector
}

extension Accumulator {
  /// Most states have one size, however many rows there were.
  var bytesPerRow: Int { 0 }
}

/// The rows of one view that count for an aggregate, and their groups.
final class AggregateInput {
  let view: BatchView
  let assignment: GroupAssignment
  let groupCount: Int
  private let arguments: [CompiledExpression]
  private var vectors: [Vector?]
  private var sorted: GroupedRows?

  init(
    view: BatchView, assignment: GroupAssignment, groupCount: Int, arguments: [CompiledExpression]
  ) {
    self.view = view
    self.assignment = assignment
    self.groupCount = groupCount
    self.arguments = arguments
    vectors = Array(repeating: nil, count: arguments.count)
  }

  var rowCount: Int { view.rowCount }

  /// The chunk that an argument is, when it is a column of a segment as it stands.
  func chunk(_ argument: Int) -> Chunk? {
    arguments[argument].column.flatMap(view.chunk)
  }

  /// The same chunk as it is kept: for bounds, nulls and dictionaries.
  func storedChunk(_ argument: Int) -> Chunk? {
    arguments[argument].column.flatMap(view.storedChunk)
  }

  /// The argument, when it is a column of a segment as it stands.
  func columnArgument(_ argument: Int) -> CompiledExpression? {
    arguments[argument].column == nil ? nil : arguments[argument]
  }

  /// The values of the argument that are not null, as they are stored, and which of them count, when these are
  /// rows of a segment and of one group, and not few. `nil` as `counted`: all values.
  func selectedChunk(
    _ argument: Int
  ) -> (group: Int, values: Chunk, counted: SelectionBitmap?)? {
    guard case .single(let group) = assignment.kind, view.isWhole || view.bits != nil,
      let chunk = chunk(argument)
    else { return nil }
    guard var selected = view.bits else { return chunk.valuesWithoutNulls.map { (group, $0, nil) } }
    if case .sparse(let sparse) = chunk.encoding {
      return (group, sparse.values, selected.gathered(by: SelectionBitmap(sparse.validity)))
    }
    selected.formIntersection(chunk.validity)
    return (group, chunk, selected)
  }

  /// All values of the argument that are not null, as they are kept, when these are all rows of a segment and of
  /// one group: for bounds and dictionaries.
  func wholeStoredChunk(_ argument: Int) -> (group: Int, values: Chunk)? {
    guard let group = wholeGroup, let values = storedChunk(argument)?.valuesWithoutNulls else {
      return nil
    }
    return (group, values)
  }

  /// The group that all rows of a segment belong to.
  private var wholeGroup: Int? {
    guard case .single(let group) = assignment.kind, view.isWhole else { return nil }
    return group
  }

  /// The values of the argument that are not null, as they are stored, and the group of each, when
  /// these are all rows of a segment.
  func chunkValues(_ argument: Int) -> (values: Chunk, groups: [UInt32])? {
    guard view.isWhole, let chunk = chunk(argument), let values = chunk.valuesWithoutNulls else {
      return nil
    }
    guard case .sparse(let sparse) = chunk.encoding else { return (values, assignment.rows) }
    return (values, assignment.rows(of: sparse))
  }

  /// One value per row.
  func vector(_ argument: Int) throws(QueryError) -> Vector {
    if let vector = vectors[argument] { return vector }
    let vector = try view.materialize(arguments[argument])
    vectors[argument] = vector
    return vector
  }

  /// Rows by group.
  var grouped: GroupedRows {
    if let sorted { return sorted }
    let rows = GroupedRows(assignment.rows, groupCount: groupCount)
    sorted = rows
    return rows
  }
}

/// Values and groups of the rows of an input that are not null, without looking at types again.
extension AggregateInput {
  /// Calls `body` with each valid row and its group.
  @inline(__always)
  func forEachRow(validity: [UInt8]?, _ body: (_ row: Int, _ group: Int) -> Void) {
    if case .single(let group) = assignment.kind {
      if let validity {
        for row in 0..<rowCount where validity[row] != 0 { body(row, group) }
      } else {
        for row in 0..<rowCount { body(row, group) }
      }
      return
    }
    assignment.rows.withUnsafeBufferPointer { groups in
      if let validity {
        for row in 0..<groups.count where validity[row] != 0 { body(row, Int(groups[row])) }
      } else {
        for row in 0..<groups.count { body(row, Int(groups[row])) }
      }
    }
  }
}

extension Array {
  mutating func grow(to count: Int, filling element: Element) {
    if self.count < count {
      append(contentsOf: repeatElement(element, count: count - self.count))
    }
  }
}
