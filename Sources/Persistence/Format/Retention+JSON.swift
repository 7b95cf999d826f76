internal import ColumnStore

extension RollUp {
  var json: JSONText {
    .object([("source", .string(source)), ("definition", .string(definition))])
  }

  init?(_ json: JSONText) {
    guard let source = json["source"]?.string, let definition = json["definition"]?.string else {
      return nil
    }
    self.init(source: source, definition: definition)
  }
}

extension RetentionDrop {
  /// Several thousand may be in a manifest: table, day, rows, bytes, time.
  var json: JSONText {
    .array([
      .string(table), .integer(Int(day)), .integer(rowCount), .integer(byteCount),
      .integer(Int(droppedAt)),
    ])
  }

  init?(_ json: JSONText) {
    guard let members = json.array, members.count == 5, let table = members[0].string,
      let day = members[1].integer,
      let rowCount = members[2].integer.flatMap(UInt64.init(exactly:)),
      let byteCount = members[3].integer.flatMap(UInt64.init(exactly:)),
      let time = members[4].integer
    else { return nil }
    self.init(table, day: Int64(day), rowCount, byteCount, at: Int64(time))
  }

  /// `nil` for what cannot be.
  init?(_ table: String, day: Int64, _ rowCount: UInt64, _ byteCount: UInt64, at time: Int64) {
    guard Calendar.dayRange.contains(day), Calendar.millisecondRange.contains(time),
      let rowCount = Int(exactly: rowCount), let byteCount = Int(exactly: byteCount)
    else { return nil }
    self.init(
      table: table, day: day, rowCount: rowCount, byteCount: byteCount, droppedAt: time)
  }
}
