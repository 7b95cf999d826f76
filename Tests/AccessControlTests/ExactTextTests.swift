import AccessControl
import Testing

@Suite struct `An exact text` {
  @Test func `has a hash of its own for each spelling`() {
    // Each letter as one scalar, or with its accent as another: equal as String has it.
    let texts = (0..<256).map { bits in
      ExactText((0..<8).map { bits >> $0 & 1 == 0 ? "\u{E9}" : "e\u{301}" }.joined())
    }
    #expect(Set(texts).count == texts.count)
    #expect(Set(texts.map(\.hashValue)).count == texts.count)
    #expect(Set(texts.map(\.text)).count == 1)
    #expect(ExactText("caf\u{E9}").hashValue == ExactText("caf" + "\u{E9}").hashValue)
  }
}
