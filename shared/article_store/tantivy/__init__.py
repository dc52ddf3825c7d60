"""The article store on one machine: a Tantivy index in the data folder, one writer, readers in any process."""
