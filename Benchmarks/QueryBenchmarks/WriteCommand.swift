import ArgumentParser
import Foundation
import SampleData

/// Writes the sample as text, for engines that have no generator.
struct WriteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write", abstract: "Write the sample's events into a file.")

  @OptionGroup var sample: SampleArguments

  @Option(help: "csv or ndjson.")
  var format = "csv"

  @Argument(help: "The file, which is overwritten.")
  var file: String

  func validate() throws {
    guard SampleFormat(rawValue: format) != nil else {
      throw ValidationError("--format is '\(format)', which is neither csv nor ndjson")
    }
  }

  func run() throws {
    let generator = try SampleGenerator(sample.options)
    let format = SampleFormat(rawValue: format) ?? .csv
    guard FileManager.default.createFile(atPath: file, contents: nil) else {
      throw ValidationError("'\(file)' cannot be written")
    }
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    defer { try? output.close() }
    var buffer: [UInt8] = []
    generator.writeEventHeader(as: format, into: &buffer)
    for day in 0..<sample.days {
      generator.writeEvents(day: day, as: format, into: &buffer)
      try output.write(contentsOf: buffer)
      buffer.removeAll(keepingCapacity: true)
    }
  }
}
