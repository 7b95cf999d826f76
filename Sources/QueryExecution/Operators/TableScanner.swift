import ColumnStore
import QueryLanguage
import QueryPlanning
import Synchronization

/// Reads a table: skips what cannot match, filters the rest, gives out views of segments.
struct TableScanner: Sendable {
  /// Segments of one partition, or a part of a large one: what one thread works on at a time. Its
  /// bounds depend on the data alone, so that partial results do too.
  struct Morsel: Sendable {
    let partition: Partition.Key
    var segments: [Segment]
  }

  /// A partition of more segments than this is several morsels.
  static let segmentsPerMorsel = 16

  let schema: TableSchema
  let filter: SegmentFilter
  let morsels: [Morsel]
  let context: QueryContext
  let operatorID: Int
  private let bound: TopBound?

  /// With a bound each segment is a task of its own, that may be passed over when its turn comes.
  init(
    _ scan: TableScan, _ context: QueryContext, operatorID: Int, bound: TopBound? = nil,
    memberships: [Membership] = []
  ) throws(QueryError) {
    schema = scan.schema
    self.bound = bound
    self.context = context
    self.operatorID = operatorID
    guard let table = context.catalog.tables[scan.schema.name] else {
      throw QueryError(.undefinedTable, "table '\(scan.schema.name)' was dropped")
    }
    filter = try SegmentFilter(
      scan.filters, schema: scan.schema, catalog: context.catalog, memberships: memberships)
    var morsels: [Morsel] = []
    var skipped = 0
    var partitionsRead = 0
    let wantsAddresses = scan.schema.columns.count > table.schema.columns.count
    var number = 0
    for partition in table.partitions {
      var kept: [Segment] = []
      for segment in partition.segments {
        if try filter.excludes(segment) {
          skipped += 1
        } else if segment.liveCount > 0 {
          kept.append(wantsAddresses ? segment.addressed(as: number) : segment)
        }
        number += 1
      }
      if !kept.isEmpty { partitionsRead += 1 }
      for part in try Self.parts(kept, filter, time: table.schema.partitionColumn) {
        let length = bound == nil ? Self.segmentsPerMorsel : 1
        for start in stride(from: part.lowerBound, to: part.upperBound, by: length) {
          let end = min(start + length, part.upperBound)
          morsels.append(Morsel(partition: partition.key, segments: Array(kept[start..<end])))
        }
      }
    }
    self.morsels = morsels
    bound?.begin(morsels.flatMap(\.segments))
    context.counters.segmentsSkipped.add(skipped, ordering: .relaxed)
    context.profile?.update(operatorID) {
      $0.segmentsRead += morsels.reduce(0) { $0 + $1.segments.count }
      $0.segmentsSkipped += skipped
      $0.partitionsRead += partitionsRead
      $0.partitionsSkipped += table.partitions.count - partitionsRead
    }
  }

  /// Segments of a partition side by side that stay as they are, so that what is made of them may be known, apart
  /// from those that do not: from an append tail, which every row changes, and from segments in which the window
  /// of time ends, which is another one each time that it moves.
  private static func parts(
    _ segments: [Segment], _ filter: SegmentFilter, time: Int?
  ) throws(QueryError) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var last = false
    for (index, segment) in segments.enumerated() {
      var isSteady = segment.isSealed
      if isSteady, let time { isSteady = try filter.passesWhole(segment, within: time) }
      if let open = parts.last, isSteady == last {
        parts[parts.count - 1] = open.lowerBound..<index + 1
      } else {
        parts.append(index..<index + 1)
      }
      last = isSteady
    }
    return parts
  }

  /// The segments that bounds do not exclude; `nil` for a table that is not there, and for a scan
  /// that asks for more than the columns of the table, such as where its rows are.
  static func segments(
    of scan: TableScan, _ catalog: Catalog
  ) throws(QueryError) -> [Segment]? {
    guard let table = catalog.tables[scan.schema.name],
      table.schema.columns.count == scan.schema.columns.count
    else { return nil }
    let filter = try SegmentFilter(scan.filters, schema: scan.schema, catalog: catalog)
    var segments: [Segment] = []
    for partition in table.partitions {
      for segment in partition.segments where segment.rowCount > 0 {
        if try !filter.excludes(segment) { segments.append(segment) }
      }
    }
    return segments
  }

  /// Views over the table's columns, by position in the schema.
  var stream: RowStream {
    RowStream(taskCount: morsels.count) { task, consume throws(QueryError) in
      if let bound, bound.excludes(task: task) { return passOver(morsels[task].segments.count) }
      for segment in morsels[task].segments {
        let isEnough = try QueryScope.batch { () throws(QueryError) in
          try produce(segment, consume) == .enough
        }
        if isEnough { return }
      }
    }
  }

  private func passOver(_ count: Int) {
    context.counters.segmentsSkipped.add(count, ordering: .relaxed)
    context.profile?.update(operatorID) {
      $0.segmentsRead -= count
      $0.segmentsSkipped += count
    }
  }

  private func produce(
    _ segment: Segment, _ consume: RowStream.Consumer
  ) throws(QueryError) -> RowStream.Continuation {
    context.counters.segmentsRead.add(1, ordering: .relaxed)
    context.counters.rowsScanned.add(segment.liveCount, ordering: .relaxed)
    let segment = ScannedSegment(segment)
    let view: BatchView
    switch try filter.select(segment) {
    case .none: return .more
    case .all: view = BatchView(segment: segment, positions: nil)
    case .some(let selection): view = BatchView(segment: segment, selection: selection)
    }
    return try consume(view)
  }
}
