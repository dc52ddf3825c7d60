"""The article store scaled out: one Elasticsearch index behind an alias, any number of writers and readers."""
