import CKernels
import ColumnStore

/// The values that are there, moved to their rows.
func decode(_ sparse: SparseValues, positions: [UInt32]?) -> Vector {
  guard let positions else {
    let validity = decodeValidity(sparse.validity, rows: nil, count: sparse.validity.count) ?? []
    return decode(sparse.values, positions: nil).spread(over: validity)
  }
  let found = sparse.found(at: positions)
  let values = decode(sparse.values, positions: found.ranks)
  return found.places.count == positions.count
    ? values : values.spread(to: found.places, count: positions.count)
}

extension SparseValues {
  /// Of some rows those that are not null: their places among them, ascending, and their ranks.
  func found(at positions: [UInt32]) -> (places: [UInt32], ranks: [UInt32]) {
    var places: [UInt32] = []
    let found = [UInt32](unsafeUninitializedCapacity: positions.count) { found, initialized in
      var count = 0
      places = [UInt32](unsafeUninitializedCapacity: positions.count) { places, initialized in
        positions.withUnsafeBufferPointer { rows in
          guard let rows = rows.baseAddress, let places = places.baseAddress,
            let found = found.baseAddress
          else { return }
          count = daybook_sparse_ranks(
            validity.words.base, ranks.base, rows, positions.count, places, found)
        }
        initialized = count
      }
      initialized = count
    }
    return (places, found)
  }
}

/// The same for the rows that are set.
func decode(_ sparse: SparseValues, _ selection: SelectionBitmap) -> Vector {
  let present = SelectionBitmap(sparse.validity)
  let validity = present.gathered(by: selection).bytes(count: selection.setCount)
  let wanted = selection.gathered(by: present).positions()
  return decode(sparse.values, positions: wanted).spread(over: validity)
}

extension Vector {
  /// A vector of `rowCount` rows that has these values at `places`, ascending, and null elsewhere.
  func spread(to places: [UInt32], count rowCount: Int) -> Vector {
    if count == 0 { return Vector(constant: .null, type: type, count: rowCount) }
    var storage = storage
    if case .constant(let value) = storage {
      storage = Vector(values: Array(repeating: value, count: count), type: type).storage
    }
    switch storage {
    case .constant: break
    case .booleans(let values): storage = .booleans(spreading(values, 0, places, rowCount))
    case .integers(let values): storage = .integers(spreading(values, 0, places, rowCount))
    case .doubles(let values): storage = .doubles(spreading(values, 0, places, rowCount))
    case .text(let codes, let source):
      storage = .text(codes: spreading(codes, 0, places, rowCount), source)
    case .objects(let values):
      var spread = [Value](repeating: .null, count: rowCount)
      for (index, place) in places.enumerated() { spread[Int(place)] = values[index] }
      storage = .objects(spread)
    }
    var validity = [UInt8](repeating: 0, count: rowCount)
    for place in places { validity[Int(place)] = 1 }
    return Vector(type: type, count: rowCount, storage: storage, validity: validity)
  }

  /// Row r of the result is null where `validity[r]` is 0, and the next value of this one where it
  /// is 1; there are as many values as ones.
  func spread(over validity: [UInt8]) -> Vector {
    if count == 0 { return Vector(constant: .null, type: type, count: validity.count) }
    var storage = storage
    if case .constant(let value) = storage {
      storage = Vector(values: Array(repeating: value, count: count), type: type).storage
    }
    switch storage {
    case .constant: break
    case .booleans(let values): storage = .booleans(spreading(values, validity))
    case .integers(let values): storage = .integers(spreading(values, validity))
    case .doubles(let values): storage = .doubles(spreading(values, validity))
    case .text(let codes, let source): storage = .text(codes: spreading(codes, validity), source)
    case .objects(let values):
      var next = 0
      storage = .objects(
        validity.map { isValid in
          guard isValid != 0 else { return .null }
          next += 1
          return values[next - 1]
        })
    }
    return Vector(type: type, count: validity.count, storage: storage, validity: validity)
  }
}

private func spreading<Element: BitwiseCopyable>(
  _ values: [Element], _ filler: Element, _ places: [UInt32], _ rowCount: Int
) -> [Element] {
  [Element](unsafeUninitializedCapacity: rowCount) { result, initialized in
    result.initialize(repeating: filler)
    for index in 0..<places.count { result[Int(places[index])] = values[index] }
    initialized = rowCount
  }
}

/// No branch: a null row takes the value that is next, which then is taken again.
private func spreading<Element: BitwiseCopyable>(
  _ values: [Element], _ validity: [UInt8]
) -> [Element] {
  values.withUnsafeBufferPointer { values in
    [Element](unsafeUninitializedCapacity: validity.count) { result, initialized in
      let last = values.count - 1
      var next = 0
      for row in 0..<validity.count {
        result[row] = values[min(next, last)]
        next &+= Int(validity[row])
      }
      initialized = validity.count
    }
  }
}

extension SelectionBitmap {
  /// Bits of the values that are there, moved to their rows; null rows get 0.
  func spread(over sparse: SparseValues) -> SelectionBitmap {
    spread(
      count: sparse.values.rowCount, over: UnsafePointer(sparse.validity.words.base),
      rowCount: sparse.validity.count)
  }

  /// Bits of the rows that are set in `selection`, moved to these rows; the others get 0.
  func spread(over selection: SelectionBitmap) -> SelectionBitmap {
    selection.words.withUnsafeBufferPointer { selected in
      guard let base = selected.baseAddress else { return selection }
      return spread(count: selection.setCount, over: base, rowCount: selected.count * 64)
    }
  }

  private func spread(
    count: Int, over places: UnsafePointer<UInt64>, rowCount: Int
  ) -> SelectionBitmap {
    words.withUnsafeBufferPointer { values in
      SelectionBitmap(count: rowCount) { result in
        let wordCount = (rowCount + 63) / 64
        guard let values = values.baseAddress else {
          result.update(repeating: 0, count: wordCount)
          return
        }
        daybook_spread_bits(values, count, places, wordCount, result)
      }
    }
  }
}
