import ColumnStore

extension Vector {
  /// A vector of values that were made one at a time.
  init(values: [Value], type: DataType) {
    let hasNull = values.contains(where: \.isNull)
    let validity = hasNull ? values.map { UInt8($0.isNull ? 0 : 1) } : nil
    let storage: Storage =
      switch type.physical {
      case .integer: .integers(values.map { $0.integer ?? 0 })
      case .double: .doubles(values.map { if case .double(let value) = $0 { value } else { 0 } })
      case .boolean: .booleans(values.map { $0 == .boolean(true) ? 1 : 0 })
      case .text: Self.text(values)
      case .object: .objects(values)
      }
    self.init(type: type, count: values.count, storage: storage, validity: validity)
  }

  private static func text(_ values: [Value]) -> Storage {
    let pool = TextPool()
    for value in values {
      switch value {
      case .text(let text), .json(let text): pool.append(text)
      default: pool.append("")
      }
    }
    return .text(codes: ascendingCodes(values.count), .pool(pool))
  }
}

extension Value {
  /// Negative, zero or positive as this is less than, equal to or greater than another value of the
  /// same type; neither is null. Text is compared by its UTF-8 bytes, NaN is greatest.
  func order(_ other: Value) -> Int {
    switch (self, other) {
    case (.boolean(let left), .boolean(let right)):
      return (left ? 1 : 0) - (right ? 1 : 0)
    case (.double(let left), .double(let right)):
      if left < right { return -1 }
      if left > right { return 1 }
      return (left.isNaN ? 1 : 0) - (right.isNaN ? 1 : 0)
    case (.text(let left), .text(let right)), (.json(let left), .json(let right)):
      return left.utf8.lexicographicallyPrecedes(right.utf8)
        ? -1 : (left.utf8.elementsEqual(right.utf8) ? 0 : 1)
    case (.interval(let left), .interval(let right)):
      return left.sortKey < right.sortKey ? -1 : (left.sortKey > right.sortKey ? 1 : 0)
    case (.array(let left), .array(let right)):
      for (mine, theirs) in zip(left, right) {
        if mine.isNull || theirs.isNull {
          if mine.isNull != theirs.isNull { return mine.isNull ? 1 : -1 }
          continue
        }
        let order = mine.order(theirs)
        if order != 0 { return order }
      }
      return left.count - right.count
    default:
      guard let left = integer, let right = other.integer else { return 0 }
      return left < right ? -1 : (left > right ? 1 : 0)
    }
  }
}
