"""How clients prove who they are, one file per method."""
