/// Short texts, each in a slot that is copied whole.
struct NameTable: Sendable {
  struct Slot: Sendable {
    var bytes: SIMD32<UInt8>
    var count: UInt8

    init(_ text: String) {
      let utf8 = Array(text.utf8)
      precondition(utf8.count <= 32, "a name has at most 32 bytes")
      bytes = SIMD32()
      for (position, byte) in utf8.enumerated() { bytes[position] = byte }
      count = UInt8(utf8.count)
    }
  }

  private let slots: [Slot]

  init(_ texts: [String]) {
    slots = texts.map(Slot.init)
  }

  @inline(__always)
  subscript(position: Int) -> Slot { slots[position] }
}
