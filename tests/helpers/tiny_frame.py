"""As much of a pandas data frame as Keras's DataFrameIterator uses, in plain lists."""


class Column(list):
    """A series: a column of values."""

    def apply(self, function, args=()):
        return Column(function(value, *args) for value in self)

    map = apply

    def nunique(self):
        return len(set(self))

    def tolist(self):
        return list(self)

    def __invert__(self):
        return Column(not value for value in self)

    def sum(self):
        return sum(self)


class Frame:
    """Columns by their names; its length is the number of its rows."""

    def __init__(self, columns):
        self.columns = {name: Column(columns[name]) for name in columns}

    def __iter__(self):
        return iter(self.columns)

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def __getitem__(self, key):
        if isinstance(key, str):
            return self.columns[key]
        return self.rows(place for place, is_kept in enumerate(key) if is_kept)

    def __setitem__(self, name, column):
        self.columns[name] = column

    def rows(self, places):
        places = list(places)
        return Frame({name: [self[name][i] for i in places] for name in self})

    def copy(self):
        return Frame(self.columns)

    def dropna(self, subset):
        return self[Column(value is not None for value in self[subset[0]])]

    @property
    def iloc(self):
        return Places(self)


class Places:
    """A frame's rows by their numbers."""

    def __init__(self, frame):
        self.frame = frame

    def __getitem__(self, key):
        rows, _ = key
        return self.frame.rows(range(len(self.frame))[rows])
