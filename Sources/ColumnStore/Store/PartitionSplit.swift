/// Which rows of a batch belong to which partition.
struct PartitionSplit {
  /// In order of first occurrence.
  var keys: [Partition.Key] = []
  /// For each key, where its rows end in `rows`; they start where those of the key before end.
  var ends: [Int] = []
  /// Row numbers by key, ascending within each; empty when there is one key only.
  var rows: [UInt32] = []

  static let millisecondsPerDay: Int64 = 86_400_000

  init(_ batch: RowBatch, schema: TableSchema) {
    guard let column = schema.partitionColumn else {
      self.init(all: .all, batch.rowCount)
      return
    }
    guard case .integers(let values) = batch.columns[column].storage else {
      self.init(all: .null, batch.rowCount)
      return
    }
    let unit = schema.columns[column].type == .date ? 1 : Self.millisecondsPerDay
    let validity = batch.columns[column].validity
    if validity == nil, let least = values.min(), let greatest = values.max(),
      Self.day(least, unit) == Self.day(greatest, unit)
    {
      self.init(all: .day(Self.day(least, unit)), batch.rowCount)
      return
    }
    self.init(values, validity: validity, unit: unit)
  }

  private init(all key: Partition.Key, _ rowCount: Int) {
    keys = [key]
    ends = [rowCount]
  }

  private init(_ values: [Int64], validity: [UInt8]?, unit: Int64) {
    var indexOfKey: [Partition.Key: Int] = [:]
    var counts: [Int] = []
    var keyOfRow = [UInt32](repeating: 0, count: values.count)
    // Neighbours are mostly of one day: its limits spare a division and a look-up.
    var newest = 0
    var limits: ClosedRange<Int64>?
    for row in values.indices {
      let value = values[row]
      if validity?[row] != 0, let limits, limits.contains(value) {
        keyOfRow[row] = UInt32(newest)
        counts[newest] += 1
        continue
      }
      var key = Partition.Key.null
      if validity?[row] != 0 {
        let day = Self.day(value, unit)
        key = .day(day)
        limits = Self.limits(day, unit)
      } else {
        limits = nil
      }
      newest = indexOfKey[key] ?? keys.count
      if newest == keys.count {
        indexOfKey[key] = newest
        keys.append(key)
        counts.append(0)
      }
      keyOfRow[row] = UInt32(newest)
      counts[newest] += 1
    }
    var starts: [Int] = []
    var end = 0
    for count in counts {
      starts.append(end)
      end += count
      ends.append(end)
    }
    guard keys.count > 1 else { return }
    rows = [UInt32](repeating: 0, count: values.count)
    for row in values.indices {
      let key = Int(keyOfRow[row])
      rows[starts[key]] = UInt32(row)
      starts[key] += 1
    }
  }

  /// Rounds down, also before 1970.
  static func day(_ value: Int64, _ unit: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: unit)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// The values of one day; cut off at the ends of what an integer can say.
  private static func limits(_ day: Int64, _ unit: Int64) -> ClosedRange<Int64> {
    let (first, below) = day.multipliedReportingOverflow(by: unit)
    let (last, above) = first.addingReportingOverflow(unit - 1)
    // Where the first wraps around, adding to it wraps back.
    return (below ? .min : first)...(above && !below ? .max : last)
  }
}
