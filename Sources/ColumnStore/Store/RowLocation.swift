/// Where a row is in one catalog: its partition, the segment's place in it, the row in the segment.
public struct RowLocation: Hashable, Sendable {
  public var partition: Partition.Key
  public var segment: Int
  public var row: Int

  public init(partition: Partition.Key, segment: Int, row: Int) {
    self.partition = partition
    self.segment = segment
    self.row = row
  }
}

/// A row's place in one catalog as a number that a plan can carry: the segment's place among all
/// segments of the table, then the row in it.
public struct RowAddress: Hashable, Sendable {
  public var number: Int64

  /// The name of the column that a scan for changes has besides those of the table: no text that is
  /// parsed can contain it.
  public static let columnName = "\0row"

  public init(number: Int64) {
    self.number = number
  }

  /// `segment` counts through all partitions of the table, in order.
  public init(segment: Int, row: Int) {
    number = Int64(segment) &* Int64(Segment.capacity) &+ Int64(row)
  }

  public var segment: Int { Int(number) / Segment.capacity }
  public var row: Int { Int(number) % Segment.capacity }
}

extension Table {
  /// Whether there is, or was before it was deleted, a row in this place.
  func contains(_ location: RowLocation) -> Bool {
    let (index, exists) = partitionIndex(location.partition)
    guard exists, partitions[index].segments.indices.contains(location.segment) else {
      return false
    }
    return (0..<partitions[index].segments[location.segment].rowCount).contains(location.row)
  }

  /// Every segment by the number that addresses have for it.
  public var placedSegments: [(location: RowLocation, segment: Segment)] {
    partitions.flatMap { partition in
      partition.segments.enumerated().map {
        (RowLocation(partition: partition.key, segment: $0, row: 0), $1)
      }
    }
  }
}
