import ColumnStore

extension Vector {
  /// The same values without texts that no row has: rows that were picked would keep those of all others.
  func compacted() -> Vector {
    guard case .text(let codes, .pool(let pool)) = storage, pool.count > 2 * count else {
      return self
    }
    var builder = TextBuilder(entries: count)
    TextEntries.withEntries(of: .pool(pool)) { entries in
      for row in codes.indices {
        if validity?[row] != 0 { builder.write(entries[codes[row]]) }
        builder.finish()
      }
    }
    return builder.vector(type: type, validity: validity)
  }
}

extension Batch {
  func compacted() -> Batch {
    var batch = self
    batch.columns = columns.map { $0.compacted() }
    return batch
  }

  /// The rows at the positions, in their order.
  func picking(rows: [UInt32]) -> Batch {
    Batch(rowCount: rows.count, columns: columns.map { $0.gather(rows: rows) })
  }
}
