"""The names of a data set's parts: which folder is for training, which for the test.

Data sets on the web call them ``train``, ``training_set``, ``seg_train``,
``Train_Data``, ``entrenamiento`` ... A folder has the name of a part if it consists of
one word for that part and of words that say nothing about the photos (set, data, ...).
"""

import re
import unicodedata
from collections.abc import Iterable

PARTS = ("train", "val", "test", "pred")
# English first, then the languages of tutorials; without accents, in lower case.
PART_WORDS = {
    "train": "train trained training trn tr learn learning entrenamiento entrenar "
    "entreno apprentissage entrainement trainieren lernen treino treinamento treinar "
    "addestramento allenamento egitim trening treningowy traning oefenen latih latihan "
    "pelatihan обучение обучающая обучающии тренировка тренировочная навчання "
    "训练 訓練 学習 훈련 학습 تدريب प्रशिक्षण",
    "val": "val valid validation validate validating validacion validacao valida "
    "validierung validierungs validazione dogrulama walidacja walidacyjny validatie "
    "validering validasi eval evaluation dev валидация валидационная валидации "
    "验证 驗證 検証 검증 التحقق",
    "test": "test tests testing tst prueba pruebas testen teste testes essai essais "
    "prova prove testowy тест тестовая тестовыи тестирование тестування pengujian uji "
    "测试 測試 テスト 테스트 시험 اختبار परीक्षण",
    "pred": "pred predict predicts prediction predictions predicted unlabeled "
    "unlabelled unlabled inference prediccion prevision vorhersage predicao previsao",
}
FILLERS = frozenset(
    "set sets data dataset datasets ds image images img imgs photo photos pic pics "
    "picture pictures file files folder dir directory seg split part sample samples "
    "single all the for of de daten satz bilder datos imagenes dati immagini dados "
    "donnees conjunto jeu ensemble 集 数据 数据集 資料集 데이터 データ セット".split()
)


def _plain(text: str) -> str:
    """Return the text in lower case and without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in letters if not unicodedata.category(c).startswith("M"))
    return unicodedata.normalize("NFC", letters)


WORDS = {_plain(w): part for part, words in PART_WORDS.items() for w in words.split()}


def part_of(name: str) -> str | None:
    """Return the part that a folder's name stands for; None for any other name.

    Examples
    --------
    >>> [part_of(n) for n in ("seg_train", "Test Data", "ValidationSet", "Pikachu")]
    ['train', 'test', 'val', None]
    """
    part, rest = _part_and_rest(name)
    return None if rest else part


def parts_among(names: Iterable[str]) -> dict[str, str]:
    """Return name -> part for those of the folder names that stand for a part.

    Names that share the words that are not a part's count, too, as ``flowers_train``
    and ``flowers_test`` do.
    """
    split = {name: _part_and_rest(name) for name in names}
    found = {name: part for name, (part, rest) in split.items() if part and not rest}
    if found:
        return found
    alike = {name: part for name, (part, _) in split.items() if part}
    is_set = len({split[name][1] for name in alike}) == 1 and "train" in alike.values()
    return alike if is_set and len(set(alike.values())) > 1 else {}


def _part_and_rest(name: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the one part that a name speaks of, and its other words."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)  # TrainSet
    parts, rest = [], []
    for word in re.findall(r"[^\W\d_]+", _plain(name)):
        part = WORDS.get(word) or _of_joined_words(word)
        if part:
            parts.append(part)
        elif word not in FILLERS:
            rest.append(word)
    return (parts[0] if len(parts) == 1 else None), tuple(rest)


def _of_joined_words(word: str) -> str | None:
    """Return the part of words without a gap, such as trainset and 训练集."""
    for end in range(len(word) - 1, 0, -1):
        if word[end:] in FILLERS and word[:end] in WORDS:
            return WORDS[word[:end]]
        if word[:end] in FILLERS and word[end:] in WORDS:
            return WORDS[word[end:]]
    return None
