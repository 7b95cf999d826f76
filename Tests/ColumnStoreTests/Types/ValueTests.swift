import ColumnStore
import Testing

@Suite struct `A value` {
  @Test(arguments: [false, true])
  func `of text has a hash of its own for each spelling`(isJSON: Bool) {
    func value(_ text: String) -> Value { isJSON ? .json(text) : .text(text) }
    // Each letter as one scalar, or with its accent as another: equal as String has it.
    let values = (0..<256).map { bits in
      value((0..<8).map { bits >> $0 & 1 == 0 ? "\u{E9}" : "e\u{301}" }.joined())
    }
    #expect(Set(values).count == values.count)
    #expect(Set(values.map(\.hashValue)).count == values.count)
    #expect(value("a\u{E9}").hashValue == value("a" + "\u{E9}").hashValue)
  }
}
