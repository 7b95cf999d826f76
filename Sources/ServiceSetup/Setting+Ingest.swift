extension Setting {
  /// What is taken from emitters, and how much at once.
  static let ingest: [Setting] = [
    Setting(
      "ingest.largest_body_bytes", .integer(1024...8_388_608), "4194304",
      "of a body, also after decompression"),
    Setting(
      "ingest.largest_record_count", .integer(1...100_000), "10000",
      "how many records a body may have"
    ),
    Setting("ingest.largest_record_bytes", .integer(256...1_048_576), "65536", "of one record"),
    Setting(
      "ingest.id_hours", .integer(1...8760), "72",
      "how long the id of a record is known, so that it is stored once"),
    Setting(
      "ingest.id_count", .integer(1000...1_000_000_000), "20000000",
      "how many ids are known at most; past that the oldest are forgotten early"),
    Setting(
      "ingest.batch_key_count", .integer(0...10_000_000), "100000",
      "how many Idempotency-Keys are known at most"),
    Setting(
      "ingest.future_seconds", .integer(0...86_400), "600",
      "how far the clock of an emitter may be ahead"),
    Setting(
      "ingest.past_days", .integer(1...36_500), "400", "how old a record may be when it comes"),
    Setting(
      "ingest.ip_addresses", .choice(["whole", "network"]), "whole",
      "what is stored of one: all of it, or its network (/24, /48)"),
    Setting(
      "ingest.country_file", .text(largestByteCount: 4096), nil,
      "a database in MaxMind's format, for the countries of IP addresses"),
    Setting(
      "ingest.user_agent_file", .text(largestByteCount: 4096), nil,
      "uap-core's regexes.yaml; otherwise Debian's, if it is installed"),
    Setting(
      "ingest.queue_bytes", .integer(1_048_576...17_179_869_184), "67108864",
      "of bodies being taken, at least four of the largest; one key has at most half of it"),
    Setting(
      "ingest.concurrent_batches", .integer(1...256), "8", "how many are being stored at once"),
    Setting(
      "ingest.key_records_per_second", .integer(0...100_000_000), "0",
      "of one emitter key, with twice as many at once; 0: any number"),
    Setting(
      "ingest.key_bytes_per_second", .integer(0...1_000_000_000), "0",
      "of one emitter key, after decompression, with twice as many at once; 0: any number"),
  ]
}
