@preconcurrency import Glibc

/// Bytes on their way to a file descriptor, by way of a buffer.
package struct ByteOutput: ~Copyable {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private static let capacity = 1 << 16
  /// When writing has to have ended; looked at before each write of a full buffer.
  package var deadline: ContinuousClock.Instant?

  package init(_ descriptor: Int32) {
    self.descriptor = descriptor
    buffer.reserveCapacity(Self.capacity)
  }

  package mutating func write(_ text: String) throws(OutputError) {
    buffer.append(contentsOf: text.utf8)
    try flushIfFull()
  }

  package mutating func write(_ byte: UInt8) throws(OutputError) {
    buffer.append(byte)
    try flushIfFull()
  }

  package mutating func write(_ bytes: [UInt8]) throws(OutputError) {
    buffer.append(contentsOf: bytes)
    try flushIfFull()
  }

  /// Lets `body` append to the buffer directly, which is flushed afterwards if it is full.
  package mutating func append(_ body: (inout [UInt8]) -> Void) throws(OutputError) {
    body(&buffer)
    try flushIfFull()
  }

  private mutating func flushIfFull() throws(OutputError) {
    if buffer.count >= Self.capacity {
      if Interrupt.isPending { throw .interrupted }
      if let deadline, ContinuousClock.now > deadline { throw .timedOut }
      try flush()
    }
  }

  /// Hands everything to the system. To be called at the end: nothing is written by `deinit`,
  /// where an error could not be told.
  package mutating func flush() throws(OutputError) {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        let code = errno
        buffer.removeAll(keepingCapacity: true)
        throw code == EPIPE ? .closed : .failed(code: code)
      }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }
}

package enum OutputError: Error, Equatable {
  /// Nobody reads any more, as with `daybook query ... | head`. Not worth a word.
  case closed
  /// The disk is full, for example.
  case failed(code: Int32)
  /// ^C.
  case interrupted
  /// The deadline has passed.
  case timedOut
}

/// What a command says besides its answer: errors, progress, timing.
package enum StandardError {
  package static func write(_ text: String) {
    var output = ByteOutput(STDERR_FILENO)
    // There is nobody left to tell if this fails.
    try? output.write(text)
    try? output.flush()
  }
}
